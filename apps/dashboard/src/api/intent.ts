import { useRef } from 'react';
import { Problem } from './problem';

interface Intent {
  /** The Idempotency-Key for what is to be sent. */
  readonly keyFor: (sent: unknown) => string;
  /** It was carried out: the same sent again is meant again. */
  readonly done: () => void;
  /** It failed: where that was the answer, the same sent again is to be answered anew. */
  readonly failed: (error: Error) => void;
}

/**
 * One intention of a person, however often it is sent: a double click, or a second try after an answer was lost, has
 * its one effect. What is sent differently is a new intention, and so is what was refused and is sent again.
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

/** Whether it is known that nothing was done; a lost answer may be one that says it was. */
const isAnAnswer = (error: Error): boolean =>
  error instanceof Problem && error.status >= 400 && error.status < 500 && error.code !== 'request-in-flight';
