import { statSync } from 'node:fs';

/** `device:inode` of the file that a path names: the same for as long as it is the same file. Null if there is none. */
export function identityOf(path: string): string | null {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev}:${found.ino}`;
}
