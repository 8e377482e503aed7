/**
 * What turns the direction of text. Whoever puts one of these into a name turns the sentences of others around it as well.
 * Hebrew and Arabic are read from right to left without any.
 */
const TURNS_TEXT = /\p{Bidi_Control}/u;

/** What breaks a line for some and not for others, and ends what keeps a text apart from the sentence around it. */
const BREAKS_LINE = /[\u2028\u2029]/u;

/** Something to be seen: no space, no filler, no mark that only joins or parts others. */
const VISIBLE = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\u2800\ufff9-\ufffb]/u;

/** Whether every store, log and screen can hold it: well-formed Unicode without control characters. */
export const isClean = (text: string, { multiline = false } = {}): boolean =>
  text.isWellFormed() && !(multiline ? /(?![\t\n])\p{Cc}/u : /\p{Cc}/u).test(text);

/** What a sentence that begins with "The name …" says where text is not clean. */
export const notClean = 'must be text without control characters or lone surrogates';

/**
 * What is wrong with text that somebody writes for others to read, as the rest of a sentence that begins with "The name …".
 * Null when nothing is; whether it may be empty is for others to say. What was written before is read as it is.
 */
export function faultOf(text: string, { multiline = false } = {}): string | null {
  if (!isClean(text, { multiline })) return notClean;
  const turning = TURNS_TEXT.exec(text)?.[0];
  if (turning !== undefined) {
    return `must not hold ${codePointOf(turning)}, which turns the direction of the text around it; write it without, in Hebrew and Arabic as well`;
  }
  const breaking = BREAKS_LINE.exec(text)?.[0];
  if (breaking !== undefined) return `must not hold ${codePointOf(breaking)}, which breaks the line; write it without`;
  return multiline || text.trim() === '' || VISIBLE.test(text) ? null : 'must have a character that can be seen';
}

/** The text on one line, without what turns it; null where nothing can be seen of it then. */
export function unturned(text: string): string | null {
  const unturning = text
    .replaceAll(new RegExp(BREAKS_LINE, 'gu'), ' ')
    .replaceAll(new RegExp(TURNS_TEXT, 'gu'), '')
    .trim();
  return VISIBLE.test(unturning) ? unturning : null;
}

const codePointOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
