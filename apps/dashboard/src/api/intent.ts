import { useRef } from 'react';

/**
 * One intention of a person, however often it is sent: a double click, or a second try after an answer was lost, has
 * its one effect. What is sent differently is a new intention.
 * @returns the Idempotency-Key for what is to be sent, and what to call once it was answered.
 */
export function useIntent(): { keyFor: (sent: unknown) => string; done: () => void } {
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
  };
}
