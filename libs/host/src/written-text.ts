/**
 * Characters that control the direction of text. In a name, they would also reorder the sentence around it. Hebrew and
 * Arabic are written from right to left without them.
 */
const TURNS_TEXT = /\p{Bidi_Control}/u;

/**
 * Tag characters, and the unassigned ones beside them: invisible, but read by programs. Allowed in the flags of a few
 * countries (a black flag, up to six tags, and one that ends it), as are variation selectors, which Chinese and Japanese need.
 */
const HIDES_TEXT =
  /(?<!\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{0,6})[\u{e0000}-\u{e00ff}\u{e01f0}-\u{e0fff}]/u;

/** Characters that some programs take for a line break; they also end the isolation of a text within a sentence. */
const BREAKS_LINE = /[\u2028\u2029]/u;

/** A visible character: no space, no filler, no mark that only joins or separates others. */
const VISIBLE = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\u2800\ufff9-\ufffb]/u;

/** Whether every store, log and screen can hold the text: well-formed Unicode without control characters. */
export const isClean = (text: string, { multiline = false } = {}): boolean =>
  text.isWellFormed() && !(multiline ? /(?![\t\n])\p{Cc}/u : /\p{Cc}/u).test(text);

/** Completes a sentence that begins with "The name …", for text that is not clean. */
export const notClean = 'must be text without control characters or lone surrogates';

/**
 * What is wrong with a text written for others to read, as the rest of a sentence that begins with "The name …". Null
 * when nothing is; whether it may be empty is up to the caller. Applied to new texts only: existing ones are read as
 * they are.
 */
export function faultOf(text: string, { multiline = false } = {}): string | null {
  if (!isClean(text, { multiline })) return notClean;
  const turning = TURNS_TEXT.exec(text)?.[0];
  if (turning !== undefined) {
    return `must not hold ${codePointOf(turning)}, which turns the direction of the text around it; write it without, in Hebrew and Arabic as well`;
  }
  const hiding = HIDES_TEXT.exec(text)?.[0];
  if (hiding !== undefined) return `must not hold ${codePointOf(hiding)}, which nobody can see; write it without`;
  const breaking = BREAKS_LINE.exec(text)?.[0];
  if (breaking !== undefined) return `must not hold ${codePointOf(breaking)}, which breaks the line; write it without`;
  return multiline || text.trim() === '' || VISIBLE.test(text) ? null : 'must have a character that can be seen';
}

/** The text on one line, without direction controls; null when nothing visible remains. */
export function unturned(text: string): string | null {
  const unturning = text
    .replaceAll(new RegExp(BREAKS_LINE, 'gu'), ' ')
    .replaceAll(new RegExp(TURNS_TEXT, 'gu'), '')
    .replaceAll(new RegExp(HIDES_TEXT, 'gu'), '')
    .trim();
  return VISIBLE.test(unturning) ? unturning : null;
}

const codePointOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
