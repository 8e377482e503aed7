import type { SharingAnswer, SharingQuestion } from '@connections/connection/queries/sharing-outcome';

/** Writes something about a question and its answer. */
export type Write = (question: SharingQuestion, answer: SharingAnswer) => string;

/**
 * Writes once about each answer: to the same question the very same object is answered again as long as nothing
 * happens, and what was written is at hand as long as the answer is.
 */
export function onceEach(write: Write): Write {
  const written = new WeakMap<SharingAnswer, string>();
  return (question, answer) => {
    const known = written.get(answer);
    if (known !== undefined) return known;
    const text = inOnePiece(write(question, answer));
    written.set(answer, text);
    return text;
  };
}

/**
 * The same text. What was put together is kept as its pieces, which are walked through each time that it is copied into
 * a longer text: ten times the work of copying one piece.
 */
export const inOnePiece = (text: string): string => Buffer.from(text).toString();
