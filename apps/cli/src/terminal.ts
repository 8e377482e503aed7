import { styleText } from 'node:util';

/** The answer of a command: as one JSON document and as text for people, of which one is shown. */
export interface Answer {
  readonly document: object;
  /** Without a line feed at the end. */
  readonly text: string;
  /** Whether a check found something wrong: the answer is shown all the same, and the exit code is 1. */
  readonly failed?: boolean;
  /** Something else that went wrong: reported after the answer, and the exit code is 1. */
  readonly failure?: Error | undefined;
}

/** External text on one line, without characters that move the cursor or colour the screen. */
export const oneLine = (text: string): string => harmless(text.replace(/\s+/g, ' '));

/** External text, line feeds kept, without characters that move the cursor or colour the screen. */
export const harmless = (text: string): string =>
  text.replace(/(?!\n)[\p{Cc}\p{Cf}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });

/** Colours the text on a terminal; leaves it plain elsewhere, and if NO_COLOR is set. */
export const coloured = (colour: 'green' | 'yellow' | 'red', text: string): string =>
  styleText(colour, text, { stream: process.stdout });

/** Columns with headings, each as wide as its widest cell. Cells are external text; null is shown as a dash. */
export function table(headings: readonly string[], rows: readonly (readonly (string | null)[])[]): string {
  const lines = [headings, ...rows.map((row) => row.map((cell) => (cell === null ? '-' : oneLine(cell))))];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => [...(line[column] ?? '')].length)));
  return lines.map((line) => padded(line, widths)).join('\n');
}

/** One item, with a line for each of its properties. */
export function properties(pairs: readonly (readonly [name: string, value: string | null])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${value === null ? '-' : oneLine(value)}`).join('\n');
}

const padded = (cells: readonly string[], widths: readonly number[]): string =>
  cells
    .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - [...cell].length))
    .join('  ')
    .trimEnd();
