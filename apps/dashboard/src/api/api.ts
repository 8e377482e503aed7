import createClient, { type Client, type Middleware } from 'openapi-fetch';
import type { paths } from '@connections/client/generated';
import { asWhom } from './as-whom';
import { attendance } from './attendance';
import { Problem, problemOf, unreachable } from './problem';

/** The API, typed by its own document, speaking for one organization. Its calls reject with a `Problem`. */
export type Api = Client<paths>;

const apis = new Map<string, Api>();

/** @param organizationId the organization to speak for; null for what concerns the person alone. */
export function apiFor(organizationId: string | null): Api {
  const key = organizationId ?? '';
  const known = apis.get(key) ?? newApi(organizationId);
  apis.set(key, known);
  return known;
}

function newApi(organizationId: string | null): Api {
  const api = createClient<paths>({
    baseUrl: '/',
    credentials: 'same-origin',
    headers: {
      'key-inflection': 'camel',
      ...(organizationId !== null && { 'connect-organization': organizationId }),
    },
  });
  api.use(readingWhatWasSeen(organizationId), sayingWhoAsks, refusing);
  return api;
}

/** How far each organization has seen the log: answers are no older than that. */
const seen = new Map<string | null, string>();

/** From now on, what is read for an organization is no older than something that was seen. Positions compare as text. */
export function neverBefore(organizationId: string | null, position: string): void {
  if (position > (seen.get(organizationId) ?? '')) seen.set(organizationId, position);
}

/**
 * What is read next may be older than what was seen: the log was restored from an older copy, which will never have it, or
 * so it seems after some waiting.
 */
export const forgetWhatWasSeen = (): void => seen.clear();

/** Sends with each read how far the log was seen, so that every instance shows what was done here, or told of live. */
function readingWhatWasSeen(organizationId: string | null): Middleware {
  return {
    onRequest: ({ request }) => {
      const position = seen.get(organizationId);
      if (request.method === 'GET' && position !== undefined) request.headers.set('connect-position', position);
    },
    onResponse: ({ response }) => {
      const position = response.headers.get('connect-position');
      if (position !== null) neverBefore(organizationId, position);
    },
  };
}

/** Says as whom something is asked, and whether anybody is there. Who is signed in is asked as nobody. */
const sayingWhoAsks: Middleware = {
  onRequest: ({ request, schemaPath }) => {
    const asksWho = request.method === 'GET' && schemaPath === '/api/v1/session';
    const said = { ...attendance(), ...(!asksWho && asWhom()) };
    for (const [name, value] of Object.entries(said)) request.headers.set(name, value);
  },
};

/** Whatever is no success rejects, so that nobody shows a refusal as data. */
const refusing: Middleware = {
  onResponse: async ({ response }) => {
    if (response.ok) return;
    throw problemOf(response, await response.json().catch(() => undefined));
  },
  onError: ({ error }) => (error instanceof Problem ? error : unreachable(error)),
};

/** The body of an answer that is known to be one, since everything else rejects. */
export async function answered<T>(call: Promise<{ data?: T }>): Promise<T> {
  return (await call).data as T;
}
