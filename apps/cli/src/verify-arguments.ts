import { existsSync, readFileSync, statSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { MalformedNote, parseVerifierKey, type VerifierKey } from '@connections/audit/signed-note';

/** The text of a note, and where it was read from. */
export interface NamedNote {
  readonly path: string;
  readonly note: string;
}

/** Reads a key, or a file of keys, one a line, and adds them to those of earlier options. */
export function keysIn(text: string, before: readonly VerifierKey[] | undefined): VerifierKey[] {
  const isFile = existsSync(text);
  const lines = isFile
    ? textOf(text)
        .split('\n')
        .filter((line) => line.trim() !== '')
    : [text];
  if (lines.length === 0) throw new InvalidArgumentError(`${text} is an empty file.`);
  try {
    return [...(before ?? []), ...lines.map((line) => parseVerifierKey(line.trim()))];
  } catch (error) {
    if (error instanceof MalformedNote)
      throw new InvalidArgumentError(
        `${error.message} A file of such lines will do${isFile ? '' : '; there is none of this name'}.`,
      );
    throw error;
  }
}

/** Reads the file of a checkpoint. */
export const noteIn = (path: string): NamedNote => ({ path, note: textOf(path) });

/** The path of an export that can be read, or `-` for standard input. */
export function exportFileIn(path: string): string {
  if (path === '-') return path;
  if (!existsSync(path)) throw new InvalidArgumentError('There is no such file.');
  if (statSync(path).isDirectory()) throw new InvalidArgumentError('It is a folder.');
  return path;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new InvalidArgumentError(`It cannot be read: ${(error as Error).message}.`);
  }
}
