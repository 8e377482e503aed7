import { styleText } from 'node:util';

/** What a command has to say: as one JSON document and as text for people, whichever is asked for. */
export interface Answer {
  readonly document: object;
  /** Without a line feed at its end. */
  readonly text: string;
  /** Whether a check found something wrong: the answer is given all the same, and the exit code is 1. */
  readonly failed?: boolean;
  /** What went wrong beside it: told after the answer, and the exit code is 1. */
  readonly failure?: Error | undefined;
}

/** Text from outside on one line, with nothing in it that would move the cursor or colour the screen. */
export const oneLine = (text: string): string => harmless(text.replace(/\s+/g, ' '));

/** Text from outside, with nothing in it but line feeds that would move the cursor or colour the screen. */
export const harmless = (text: string): string =>
  text.replace(/(?!\n)[\p{Cc}\p{Cf}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });

/** Colours for people who sit in front of a terminal; plain text otherwise, and where NO_COLOR is set. */
export const coloured = (colour: 'green' | 'yellow' | 'red', text: string): string =>
  styleText(colour, text, { stream: process.stdout });

/** Columns with a heading, each as wide as its widest cell. Cells are text from outside or null, shown as a dash. */
export function table(headings: readonly string[], rows: readonly (readonly (string | null)[])[]): string {
  const lines = [headings, ...rows.map((row) => row.map((cell) => (cell === null ? '-' : oneLine(cell))))];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => [...(line[column] ?? '')].length)));
  return lines.map((line) => padded(line, widths)).join('\n');
}

/** One thing, a line for each of its properties. */
export function properties(pairs: readonly (readonly [name: string, value: string | null])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${value === null ? '-' : oneLine(value)}`).join('\n');
}

const padded = (cells: readonly string[], widths: readonly number[]): string =>
  cells
    .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - [...cell].length))
    .join('  ')
    .trimEnd();
