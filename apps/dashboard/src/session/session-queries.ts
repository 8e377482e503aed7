import { queryOptions } from '@tanstack/react-query';
import type { components } from '@connections/client/generated';
import { answered, apiFor } from '../api/api';
import { isProblem } from '../api/problem';
import { questions, sessionKey } from '../questions';
import { sessionEnded } from './ended';

/** Who is signed in, and for which organizations they may speak. */
export type Session = components['schemas']['Session'];
export type Membership = components['schemas']['SessionMembership'];

/** Who is signed in; rejects with `unauthenticated` when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: sessionKey,
  queryFn: async ({ signal }) => (await answered(apiFor(null).GET('/api/v1/session', { signal }))).data,
});

/** How people can sign in here. */
export const signInMethodsQuery = queryOptions({
  queryKey: ['sign-in-methods'],
  queryFn: async ({ signal }) =>
    (await answered(apiFor(null).GET('/api/v1/session/methods', { signal }))).data.attributes,
  staleTime: Infinity,
});

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** Signs in. */
export const signIn = async (attributes: Credentials): Promise<Session> =>
  (await answered(apiFor(null).POST('/api/v1/session', { body: { data: { attributes } } }))).data;

/** Goes on with a session that has just begun. */
export function sessionBegan(session: Session): void {
  questions.setQueryData(sessionQuery.queryKey, session);
  sessionEnded.set(false);
}

/**
 * Ends this session, or all of the person. The page is loaded anew, so that nothing of the person is left in it.
 * @param to the page to go on with
 */
export async function signOut({ everywhere = false, to = '/sign-in' } = {}): Promise<void> {
  try {
    await apiFor(null).POST(everywhere ? '/api/v1/session/end-all' : '/api/v1/session/end');
  } catch (error) {
    // Whoever is signed out already has what they wanted.
    if (!isProblem(error, 'unauthenticated')) throw error;
  }
  window.location.assign(to);
}

/** Sets another password, and ends all sessions but the one that is answered. */
export const changePassword = async (attributes: {
  readonly currentPassword: string;
  readonly newPassword: string;
}): Promise<Session> =>
  (await answered(apiFor(null).POST('/api/v1/session/password', { body: { data: { attributes } } }))).data;
