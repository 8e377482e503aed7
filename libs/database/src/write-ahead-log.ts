import { readlinkSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UnusableFile } from './unusable';

/** Where SQLite keeps the write-ahead log of a file: beside what a link leads to, also where that is missing. */
export function writeAheadLogOf(path: string): string {
  try {
    return `${realpathSync(path)}-wal`;
  } catch {
    return `${leadsTo(path)}-wal`;
  }
}

function leadsTo(path: string): string {
  try {
    return resolve(dirname(path), readlinkSync(path));
  } catch {
    return path;
  }
}

/** In bytes; 0 where there is none. */
export const writeAheadLogSize = (path: string): number => sizeOf(writeAheadLogOf(path));

/** The same of any file, also where there can be none of that name. */
export function sizeOf(path: string): number {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  } catch (error) {
    if (/^(ENAMETOOLONG|ELOOP)$/.test((error as NodeJS.ErrnoException).code ?? '')) return 0;
    throw error;
  }
}

/**
 * Beside a file that is missing or empty SQLite throws the write-ahead log away as soon as it opens it, even only to read.
 * But a file that was moved away, and is put back, needs what is in there.
 * @throws UnusableFile
 */
export function refuseOrphanedLog(path: string): void {
  // In this order: whoever makes both at this moment makes the file first.
  if (writeAheadLogSize(path) === 0 || sizeOf(path) > 0) return;
  throw new UnusableFile(
    `${path} is missing or empty, and ${writeAheadLogOf(path)} is not: it holds what was written last. Nothing was changed. Put the file back beside it, or restore the file from a back-up and take the other away.`,
  );
}
