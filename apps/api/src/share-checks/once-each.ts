import type { SharingAnswer, SharingQuestion } from '@connections/connection/queries/sharing-outcome';
import { type ByteText, byteTextOf } from './byte-text';

/** Writes something about a question and its answer. */
export type Write = (question: SharingQuestion, answer: SharingAnswer) => string;

/** The same, and at hand. */
export type Written = (...about: Parameters<Write>) => ByteText;

/**
 * Writes once about each answer: to the same question the very same object is answered again as long as nothing
 * happens, and what was written is at hand as long as the answer is.
 */
export function onceEach(write: Write): Written {
  const written = new WeakMap<SharingAnswer, ByteText>();
  return (question, answer) => {
    const known = written.get(answer);
    if (known !== undefined) return known;
    const text = byteTextOf(write(question, answer));
    written.set(answer, text);
    return text;
  };
}
