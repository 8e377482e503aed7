import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { forgetWhatWasSeen } from './api/api';
import { isProblem, Problem } from './api/problem';
import { sessionEnded } from './session/ended';

/** How long an answer is shown without being asked for again, in milliseconds; live events make it stale at once. */
const FRESH = 10_000;

const TRIES = 3;

/** What another try may mend: nobody answered, or the service could not just now. Offline, nothing is mended by trying. */
const mayPass = (error: Error): boolean =>
  navigator.onLine && error instanceof Problem && (error.status === 0 || error.status >= 500);

/** @param failures how many there were before this one */
const isTriedAgain = (failures: number, error: Error): boolean => failures < TRIES && mayPass(error);

/** The last try takes what there is. */
function beforeLastTry(failures: number, error: Error): void {
  if (failures === TRIES - 1 && isProblem(error, 'not-yet-visible')) forgetWhatWasSeen();
}

/** Where it is kept who is signed in, and what they may do. */
export const sessionKey = ['session'] as const;

/** What an answer says of the person who asks: they are signed in no more, or somebody else is, or may no longer do what they could. */
const noticeChange = (error: Error): void => {
  if (isProblem(error, 'unauthenticated')) sessionEnded.set(true);
  if (isProblem(error, 'not-permitted') || isProblem(error, 'another-person')) {
    void questions.invalidateQueries({ queryKey: sessionKey });
  }
};

/** Asks the service, and keeps what it answered. */
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
      // Whoever is offline hears that something cannot be had, rather than waiting for it; it comes once they are back.
      networkMode: 'always',
      refetchOnReconnect: true,
    },
    // And nothing is done behind their back later.
    mutations: { networkMode: 'always' },
  },
});
