import type { SharingAnswer, SharingQuestion } from '@connections/connection/queries/sharing-outcome';
import { type ByteText, byteTextOf } from './byte-text';

/** Renders something about a question and its answer as text. */
export type Write = (question: SharingQuestion, answer: SharingAnswer) => string;

/** Returns the rendered text, which is cached. */
export type Written = (...about: Parameters<Write>) => ByteText;

/**
 * Renders once for each answer: a repeated question gets the very same answer object as long as nothing happens, and
 * the text is kept as long as the answer is. It is stored on the answer under a private symbol: a look-up in a
 * `WeakMap` would take as long as copying the text.
 */
export function onceEach(write: Write, kept: (text: string) => ByteText = byteTextOf): Written {
  const name = Symbol('written');
  return (question, answer) => {
    const written = answer as SharingAnswer & Record<symbol, ByteText | undefined>;
    return (written[name] ??= kept(write(question, answer)));
  };
}
