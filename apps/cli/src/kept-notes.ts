import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Failed } from './failed';

/** A text that may be a checkpoint that was kept elsewhere, and where it was read from. */
export interface KeptNote {
  readonly source: string;
  readonly note: string;
}

/** The beginning of a signature line. Whether a text with one is what was signed, the verification decides. */
const SIGNED = /^\u2014 /m;

/**
 * Reads the notes at some paths: a path named itself, even a pipe, and every file of a folder that is not hidden. A
 * file named twice is read once.
 * @throws Failed when something cannot be read or is no checkpoint, or a folder has no file: what is not compared would
 * pass.
 */
export function keptNotes(paths: readonly string[]): KeptNote[] {
  const read = new Set<string>();
  return paths.flatMap((path) => {
    try {
      return filesAt(path)
        .filter((file) => isNew(file, read))
        .map((file) => ({ source: file, note: signed(file, readFileSync(file, 'utf8')) }));
    } catch (error) {
      if (error instanceof Failed) throw error;
      throw new Failed('unreadable-checkpoint', `${path} cannot be read: ${(error as Error).message}.`);
    }
  });
}

function filesAt(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const files = readdirSync(path)
    .filter((name) => !name.startsWith('.'))
    .map((name) => join(path, name))
    .filter((file) => statSync(file).isFile());
  if (files.length > 0) return files;
  const advice = 'See whether what should be there is mounted; a folder inside it has to be named by itself.';
  throw new Failed('unreadable-checkpoint', `The folder ${path} has no checkpoint in it. ${advice}`);
}

function signed(file: string, text: string): string {
  if (SIGNED.test(text)) return text;
  const advice =
    'Take it out, or name checkpoints only; if it was one, somebody has changed it: take it from where else it is kept.';
  throw new Failed('unreadable-checkpoint', `${file} is no checkpoint: it has no signature. ${advice}`);
}

/** Identifies a file by its inode, since a path can be written in many ways. */
function isNew(file: string, read: Set<string>): boolean {
  const { dev, ino } = statSync(file, { bigint: true });
  const known = read.size;
  return read.add(`${dev}/${ino}`).size > known;
}
