import { readlinkSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UnusableFile } from './unusable';

/** The path of a file's write-ahead log: SQLite keeps it beside the target of a link, even if that is missing. */
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

/** In bytes; 0 if there is none. */
export const writeAheadLogSize = (path: string): number => sizeOf(writeAheadLogOf(path));

/** The size of any file in bytes; 0 if it does not exist, or if there can be none of that name. */
export function sizeOf(path: string): number {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  } catch (error) {
    if (/^(ENAMETOOLONG|ELOOP)$/.test((error as NodeJS.ErrnoException).code ?? '')) return 0;
    throw error;
  }
}

/**
 * When a file is missing or empty, SQLite deletes its write-ahead log as soon as it opens it, even for reading. But a
 * file that was moved away, and is put back later, needs that log.
 * @throws UnusableFile
 */
export function refuseOrphanedLog(path: string): void {
  // In this order, since a process that is just creating both creates the file first.
  if (writeAheadLogSize(path) === 0 || sizeOf(path) > 0) return;
  throw new UnusableFile(
    `${path} is missing or empty, and ${writeAheadLogOf(path)} is not: it holds what was written last. Nothing was changed. Put the file back beside it, or restore the file from a back-up and take the other away.`,
  );
}
