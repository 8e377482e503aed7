import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let ended = false;

/** Whether the service has answered, while a page was open, that nobody is signed in. */
export const sessionEnded = {
  get: (): boolean => ended,
  set: (value: boolean): void => {
    ended = value;
    for (const tell of listeners) tell();
  },
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useSessionEnded = (): boolean => useSyncExternalStore(subscribe, sessionEnded.get);
