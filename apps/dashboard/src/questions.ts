import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { forgetWhatWasSeen } from './api/api';
import { isProblem, Problem } from './api/problem';
import { sessionEnded } from './session/ended';

/** How long an answer counts as fresh, in milliseconds; live events make it stale at once. */
const FRESH = 10_000;

const TRIES = 3;

/** Errors that a retry may overcome: no answer, or a service that is temporarily unavailable. Not while offline. */
const mayPass = (error: Error): boolean =>
  navigator.onLine && error instanceof Problem && (error.status === 0 || error.status >= 500);

/** @param failures the number of failures before this one. */
const isTriedAgain = (failures: number, error: Error): boolean => failures < TRIES && mayPass(error);

/** Before the last try, gives up waiting for positions seen before. */
function beforeLastTry(failures: number, error: Error): void {
  if (failures === TRIES - 1 && isProblem(error, 'not-yet-visible')) forgetWhatWasSeen();
}

/** The query key of the session: who is signed in, and what they may do. */
export const sessionKey = ['session'] as const;

/**
 * Reloads the session if an answer shows that the person was signed out, that another is signed in, or that a
 * permission was lost.
 */
const noticeChange = (error: Error): void => {
  if (isProblem(error, 'unauthenticated')) sessionEnded.set(true);
  if (isProblem(error, 'not-permitted') || isProblem(error, 'another-person')) {
    void questions.invalidateQueries({ queryKey: sessionKey });
  }
};

/** Loads data from the service, and caches it. */
export const questions = new QueryClient({
  queryCache: new QueryCache({ onError: noticeChange }),
  mutationCache: new MutationCache({ onError: noticeChange }),
  defaultOptions: {
    queries: {
      staleTime: FRESH,
      retry: (failures, error) => {
        beforeLastTry(failures, error);
        return isTriedAgain(failures, error);
      },
      // While offline, a query fails instead of waiting; it is loaded when the person is online again.
      networkMode: 'always',
      refetchOnReconnect: true,
    },
    // And no mutation is carried out later, unnoticed.
    mutations: { networkMode: 'always' },
  },
});
