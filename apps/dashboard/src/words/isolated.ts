/** What people may write from right to left, and what turns text whatever it is. */
const TURNS = /[\p{Bidi_Control}\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * A text of somebody else for a sentence of ours: whichever way it reads, the sentence around it stays as it is. What reads
 * from left to right needs nothing for it.
 */
export const isolated = (text: string): string => (TURNS.test(text) ? `\u2068${closed(text)}\u2069` : text);

/** The text without what would end an isolation around it, as once could be written. */
export const closed = (text: string): string =>
  text.replaceAll(/[\u2066-\u2069]/gu, '').replaceAll(/[\u2028\u2029]/gu, ' ');

/** A sentence that the service made of such texts. It has no need to turn anywhere itself. */
export const unturned = (sentence: string): string => sentence.replaceAll(/\p{Bidi_Control}/gu, '');
