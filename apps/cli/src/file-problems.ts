import { getSystemErrorMessage } from 'node:util';

const NOT_ALLOWED = 'this user may not. Give it access, or name another.';
const NO_SPACE = 'there is no space left for it. Free some, and run this again.';

/** By the system's error code. */
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

/**
 * What is wrong with a file that a command should read or write, and what to do, in one line; null for other errors.
 */
export function fileProblemOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('syscall' in error)) return null;
  const { code = '', errno = 0, path } = error as NodeJS.ErrnoException;
  const why = OF_FILES[code];
  if (why !== undefined) return `${path ?? 'A file of this command'} cannot be used: ${why}`;
  // Network errors have a system call as well, but no path.
  return path === undefined ? null : `${path} cannot be used: ${getSystemErrorMessage(errno)} (${code}). Name another.`;
}

/** The error with the path, which the system omits for an open file. */
export const withPath = (error: unknown, path: string): Error =>
  Object.assign(error as Error, { path: (error as NodeJS.ErrnoException).path ?? path });
