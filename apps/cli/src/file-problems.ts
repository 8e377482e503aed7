import { getSystemErrorMessage } from 'node:util';

const NOT_ALLOWED = 'this user may not. Give it access, or name another.';
const NO_SPACE = 'there is no space left for it. Free some, and run this again.';

/** By what the system says. */
const OF_FILES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder. Make its folder, or name another.',
  ENOTDIR: 'what should be its folder is a file. Name another.',
  EISDIR: 'it is a folder. Name a file.',
  EACCES: NOT_ALLOWED,
  EPERM: NOT_ALLOWED,
  EROFS: 'it lies where nothing can be written. Name another.',
  ENOSPC: NO_SPACE,
  EDQUOT: NO_SPACE,
  EFBIG: 'it must not become as large as it has to. Name another place.',
};

/** What is wrong with a file that a command was told to read or write, and what to do, in one line; null for any other error. */
export function fileProblemOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('syscall' in error)) return null;
  const { code = '', errno = 0, path } = error as NodeJS.ErrnoException;
  const why = OF_FILES[code];
  if (why !== undefined) return `${path ?? 'A file of this command'} cannot be used: ${why}`;
  // What comes of a network has a system call as well, and no path.
  return path === undefined ? null : `${path} cannot be used: ${getSystemErrorMessage(errno)} (${code}). Name another.`;
}

/** The same error, with the path where the system does not say it: of an open file it never does. */
export const withPath = (error: unknown, path: string): Error =>
  Object.assign(error as Error, { path: (error as NodeJS.ErrnoException).path ?? path });
