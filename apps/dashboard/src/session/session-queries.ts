import { queryOptions } from '@tanstack/react-query';
import type { components } from '@connections/client/generated';
import { answered, apiFor } from '../api/api';
import { isProblem, Problem } from '../api/problem';
import { questions, sessionKey } from '../questions';
import { sessionEnded } from './ended';
import { forgetAllElse } from './invitation-token';
import { tellWindows } from './windows';

/** Who is signed in, and for which organizations they may speak. */
export type Session = components['schemas']['Session'];
export type Membership = components['schemas']['SessionMembership'];

/** Who is signed in; rejects with `unauthenticated` when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: sessionKey,
  queryFn: async ({ signal }) => (await answered(apiFor(null).GET('/api/v1/session', { signal }))).data,
});

/** Asks who is signed in now. A page whose session had ended goes on where one has begun in another window. */
export async function askWhoIsSignedIn(): Promise<void> {
  try {
    await questions.query({ ...sessionQuery, staleTime: 0, retry: false });
  } catch {
    // Whoever shows the session hears of it.
    return;
  }
  if (!sessionEnded.get()) return;
  sessionEnded.set(false);
  await questions.invalidateQueries();
}

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

/** Signs in. Rejects with `not-kept`: see `kept`. */
export const signIn = async (attributes: Credentials): Promise<Session> =>
  kept((await answered(apiFor(null).POST('/api/v1/session', { body: { data: { attributes } } }))).data);

/** A session that has just begun. Rejects with `not-kept` where the browser keeps nothing of it, so that the next question would be refused. */
export async function kept(session: Session): Promise<Session> {
  try {
    await apiFor(null).GET('/api/v1/session');
  } catch (error) {
    if (isProblem(error, 'unauthenticated')) throw new Problem(NOT_KEPT, 'not-kept', 0);
  }
  return session;
}

export const COOKIE_ADVICE =
  'Browsers keep it only at an address that begins with https: go to that one, or ask whoever runs this service for it. ' +
  'Cookies must be allowed there.';
const NOT_KEPT = `What you typed is right, but your browser did not keep the cookie that says so. ${COOKIE_ADVICE}`;

/** Goes on with a session that has just begun. */
export function sessionBegan(session: Session): void {
  questions.setQueryData(sessionQuery.queryKey, session);
  sessionEnded.set(false);
}

/**
 * Ends this session, or all of the person. The page is loaded anew, so that nothing of the person is left in it,
 * nor in its tab.
 * @param to the page to go on with
 */
export async function signOut({ everywhere = false, to = '/sign-in' } = {}): Promise<void> {
  try {
    await apiFor(null).POST(everywhere ? '/api/v1/session/end-all' : '/api/v1/session/end');
  } catch (error) {
    // Whoever is signed out already has what they wanted, be it that somebody else is signed in by now.
    if (!isProblem(error, 'unauthenticated') && (everywhere || !isProblem(error, 'another-person'))) throw error;
  }
  tellWindows(null);
  // A page keeps where somebody was as it goes, so this comes after.
  window.addEventListener('pagehide', forgetAllElse);
  window.location.assign(to);
}

/** Sets another password, and ends all sessions but the one that is answered. */
export const changePassword = async (attributes: {
  readonly currentPassword: string;
  readonly newPassword: string;
}): Promise<Session> =>
  (await answered(apiFor(null).POST('/api/v1/session/password', { body: { data: { attributes } } }))).data;
