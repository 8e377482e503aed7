import type { SharingAnswer, SharingQuestion } from '@connections/connection/queries/sharing-outcome';
import { type ByteText, byteTextOf } from './byte-text';

/** Writes something about a question and its answer. */
export type Write = (question: SharingQuestion, answer: SharingAnswer) => string;

/** The same, and at hand. */
export type Written = (...about: Parameters<Write>) => ByteText;

/**
 * Writes once about each answer: to the same question the very same object is answered again as long as nothing
 * happens, and what was written is at hand as long as the answer is. It is kept on the answer, under a name that nobody
 * else has: to find it in a `WeakMap` takes as long as to copy it.
 */
export function onceEach(write: Write, kept: (text: string) => ByteText = byteTextOf): Written {
  const name = Symbol('written');
  return (question, answer) => {
    const written = answer as SharingAnswer & Record<symbol, ByteText | undefined>;
    return (written[name] ??= kept(write(question, answer)));
  };
}
