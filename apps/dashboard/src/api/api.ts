import createClient, { type Client, type Middleware } from 'openapi-fetch';
import type { paths } from '@connections/client/generated';
import { asWhom } from './as-whom';
import { attendance } from './attendance';
import { Problem, problemOf, unreachable } from './problem';

/** The API, typed by its own document, on behalf of one organization. Its calls reject with a `Problem`. */
export type Api = Client<paths>;

const apis = new Map<string, Api>();

/** @param organizationId the organization to act for; null for calls that concern only the person. */
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

/** The latest known log position of each organization: answers must not be older. */
const seen = new Map<string | null, string>();

/** From now on, reads for an organization are no older than this position. Positions compare as text. */
export function neverBefore(organizationId: string | null, position: string): void {
  if (position > (seen.get(organizationId) ?? '')) seen.set(organizationId, position);
}

/**
 * Lets the next reads be older than what was seen: the log was restored from an older copy, which will never reach that
 * position, or so it seems after some waiting.
 */
export const forgetWhatWasSeen = (): void => seen.clear();

/** Sends the latest known position with each read, so that every instance shows what was done here or reported live. */
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

/** Sends which person is asking, and whether they are present. The question who is signed in names no person. */
const sayingWhoAsks: Middleware = {
  onRequest: ({ request, schemaPath }) => {
    const asksWho = request.method === 'GET' && schemaPath === '/api/v1/session';
    const said = { ...attendance(), ...(!asksWho && asWhom()) };
    for (const [name, value] of Object.entries(said)) request.headers.set(name, value);
  },
};

/** Rejects on every answer that is no success, so that no refusal is shown as data. */
const refusing: Middleware = {
  onResponse: async ({ response }) => {
    if (response.ok) return;
    throw problemOf(response, await response.json().catch(() => undefined));
  },
  onError: ({ error }) => (error instanceof Problem ? error : unreachable(error)),
};

/** The body of a successful answer, the only kind that gets here. */
export async function answered<T>(call: Promise<{ data?: T }>): Promise<T> {
  return (await call).data as T;
}
