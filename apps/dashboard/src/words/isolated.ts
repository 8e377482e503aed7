/** Scripts that are written from right to left, and characters that change the direction of text. */
const TURNS = /[\p{Bidi_Control}\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * A text by others for use in a sentence of ours, isolated so that its direction does not affect the rest. Text from
 * left to right is unchanged.
 */
export const isolated = (text: string): string => (TURNS.test(text) ? `\u2068${closed(text)}\u2069` : text);

/** The text without characters that would end the isolation around it, which older texts may contain. */
export const closed = (text: string): string =>
  text.replaceAll(/[\u2066-\u2069]/gu, '').replaceAll(/[\u2028\u2029]/gu, ' ');

/** A sentence by the service that contains such texts, without direction controls, which it does not need. */
export const withoutTurns = (sentence: string): string => sentence.replaceAll(/\p{Bidi_Control}/gu, '');
