import createClient, { type Client, type Middleware } from 'openapi-fetch';
import type { paths } from '@connections/client/generated';
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
  api.use(readingItsOwnWrites(), refusing);
  return api;
}

/** Sends with each read the position of the last answered command, so that every instance shows what was done here. */
function readingItsOwnWrites(): Middleware {
  let position: string | null = null;
  return {
    onRequest: ({ request }) => {
      if (request.method === 'GET' && position !== null) request.headers.set('connect-position', position);
    },
    onResponse: ({ response }) => {
      position = response.headers.get('connect-position') ?? position;
    },
  };
}

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
