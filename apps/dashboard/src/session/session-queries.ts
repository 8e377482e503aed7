import { queryOptions } from '@tanstack/react-query';
import type { components } from '@connections/client/generated';
import { answered, apiFor } from '../api/api';
import { isProblem, Problem } from '../api/problem';
import { questions, sessionKey } from '../questions';
import { sessionEnded } from './ended';
import { forgetAllElse } from './invitation-token';
import { tellWindows } from './windows';

/** Who is signed in, and for which organizations they may act. */
export type Session = components['schemas']['Session'];
export type Membership = components['schemas']['SessionMembership'];

/** The session; rejects with `unauthenticated` when nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: sessionKey,
  queryFn: async ({ signal }) => (await answered(apiFor(null).GET('/api/v1/session', { signal }))).data,
});

/** Reloads who is signed in. If the session had ended and a new one has begun in another window, the page goes on. */
export async function askWhoIsSignedIn(): Promise<void> {
  try {
    await questions.query({ ...sessionQuery, staleTime: 0, retry: false });
  } catch {
    // Shown by the code that uses the session.
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

/**
 * A session that has just begun. Rejects with `not-kept` if the browser does not keep its cookie, so that the next
 * request would be refused.
 */
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

/** Continues with a session that has just begun. */
export function sessionBegan(session: Session): void {
  questions.setQueryData(sessionQuery.queryKey, session);
  sessionEnded.set(false);
}

/**
 * Ends this session, or all sessions of the person. The page is reloaded, so that nothing of the person is left in it
 * or in its tab.
 * @param to the page to go on with.
 */
export async function signOut({ everywhere = false, to = '/sign-in' } = {}): Promise<void> {
  try {
    await apiFor(null).POST(everywhere ? '/api/v1/session/end-all' : '/api/v1/session/end');
  } catch (error) {
    // The person is signed out already, even if another has signed in since.
    if (!isProblem(error, 'unauthenticated') && (everywhere || !isProblem(error, 'another-person'))) throw error;
  }
  tellWindows(null);
  // Pages store their scroll positions when they are left, so this has to come after.
  window.addEventListener('pagehide', forgetAllElse);
  window.location.assign(to);
}

/** Changes the password, and ends all sessions except the one that is returned. */
export const changePassword = async (attributes: {
  readonly currentPassword: string;
  readonly newPassword: string;
}): Promise<Session> =>
  (await answered(apiFor(null).POST('/api/v1/session/password', { body: { data: { attributes } } }))).data;
