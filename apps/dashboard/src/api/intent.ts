import { useRef } from 'react';
import { Problem } from './problem';

interface Intent {
  /** The Idempotency-Key for the given request data. */
  readonly keyFor: (sent: unknown) => string;
  /** It succeeded: sending the same data again is a new intention. */
  readonly done: () => void;
  /** It failed: if the service has answered so, sending the same data again needs a new answer. */
  readonly failed: (error: Error) => void;
}

/**
 * One intention of a person takes effect once, however often it is sent, such as by a double click or after an answer
 * was lost. Sending other data is a new intention, and so is sending the same again after a refusal.
 */
export function useIntent(): Intent {
  const current = useRef<{ key: string; sent: string } | null>(null);
  return {
    keyFor: (sent) => {
      const text = JSON.stringify(sent);
      if (current.current?.sent !== text) current.current = { key: crypto.randomUUID(), sent: text };
      return current.current.key;
    },
    done: () => {
      current.current = null;
    },
    failed: (error) => {
      if (isAnAnswer(error)) current.current = null;
    },
  };
}

/** Whether it is certain that nothing was done; a lost answer may have been a success. */
const isAnAnswer = (error: Error): boolean =>
  error instanceof Problem && error.status >= 400 && error.status < 500 && error.code !== 'request-in-flight';
