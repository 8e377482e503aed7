import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, type FileHandle, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { readCheckpoint } from './checkpoint';
import type { SignedCheckpoint } from './checkpoints';
import type { CheckpointTarget } from './delivery';
import { reasonOf } from './reason-of';

/** How long the server behind a URL may take to answer, in milliseconds. */
const PATIENCE = 10_000;

/** The name of a checkpoint's file: names are in the order of sizes. */
const fileNameOf = (size: number): string => `checkpoint-${String(size).padStart(16, '0')}.txt`;
const FILE_NAME = /^checkpoint-\d{16}\.txt$/;

/** A folder that gets a file for each checkpoint, whole or not at all. What lies in it is never written over. */
export function folderTarget(folder: string): CheckpointTarget {
  return {
    name: 'folder',
    place: resolve(folder),
    async deliver(checkpoint) {
      const path = join(folder, fileNameOf(checkpoint.size));
      const there = await contentOf(path);
      if (there !== null) {
        requireSame(there, checkpoint, path);
        return;
      }
      try {
        const made = await mkdir(folder, { recursive: true });
        if (made !== undefined) await openToAll(folder, 0o755);
        await writeWhole(path, checkpoint.note);
      } catch (error) {
        throw new Error(`${path} cannot be written: ${reasonOf(error)}`, { cause: error });
      }
      await flush(folder);
    },
    async newest() {
      const last = (await namesIn(folder)).filter((name) => FILE_NAME.test(name)).reduce((a, b) => (a > b ? a : b), '');
      return last === '' ? null : contentOf(join(folder, last));
    },
  };
}

/** A URL that each checkpoint is sent to by POST, as text; any answer of 2xx says that it was taken. */
export function urlTarget(url: string): CheckpointTarget {
  return {
    name: 'url',
    // The rest may hold a secret.
    place: new URL(url).host,
    async deliver({ note }, stopping) {
      const signal = AbortSignal.any([stopping, AbortSignal.timeout(PATIENCE)]);
      const headers = { 'content-type': 'text/plain; charset=utf-8' };
      const { ok, status, body } = await sent(url, { method: 'POST', headers, body: note, redirect: 'manual', signal });
      await body?.cancel();
      if (!ok) throw new Error(`it answered with status ${status}`);
    },
    newest: async () => null,
  };
}

/**
 * Checkpoints are no secret, and somebody else is to copy them; whatever else this process makes is its user's alone.
 * Where a file system knows no such rights, its own ones hold.
 */
const openToAll = (path: string, mode: number): Promise<void> => chmod(path, mode).catch(() => undefined);

async function writeWhole(path: string, text: string): Promise<void> {
  // Hidden, so that nobody takes what a power failure leaves of it for a checkpoint.
  const written = join(dirname(path), `.${randomUUID()}`);
  try {
    await writeFile(written, text, { flush: true });
    await openToAll(written, 0o644);
    await rename(written, path);
  } finally {
    await rm(written, { force: true });
  }
}

/** A name is on disk once its folder is: before that it must not be remembered as delivered. */
async function flush(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function sent(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (error) {
    // What was broken off says so itself: where another instance goes on that is no fault.
    request.signal?.throwIfAborted();
    const { cause = error } = error as { readonly cause?: unknown };
    throw new Error(cause instanceof Error ? cause.message || cause.name : String(cause), { cause: error });
  }
}

/** None of a folder that is not there. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Null where there is nothing. @throws where it is something else than a file, which might be read from for ever. */
async function contentOf(path: string): Promise<string | null> {
  const handle = await openToRead(path);
  try {
    if (handle === null || (await handle.stat()).isFile()) return (await handle?.readFile('utf8')) ?? null;
  } finally {
    await handle?.close();
  }
  throw new Error(`${path} is no regular file, and no checkpoint: move it away`);
}

async function openToRead(path: string): Promise<FileHandle | null> {
  try {
    // A pipe that nobody writes to is waited for otherwise.
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Of one size there may be two times of signing, after the database was restored; but never two roots. */
function requireSame(there: string, { note, origin, root }: SignedCheckpoint, path: string): void {
  if (there === note) return;
  const before = readCheckpoint(there);
  if (before.origin === origin && before.root.equals(root)) return;
  throw new Error(
    `${path} says something else of as many events, and is left as it is: the log was changed since, or is another one`,
  );
}
