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

/** The name of a checkpoint's file: names sort by size. */
const fileNameOf = (size: number): string => `checkpoint-${String(size).padStart(16, '0')}.txt`;
const FILE_NAME = /^checkpoint-\d{16}\.txt$/;

/** A folder that gets one file for each checkpoint, written whole or not at all. Existing files are left alone. */
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

/** A URL to which each checkpoint is sent by POST, as text; any 2xx answer means that it was accepted. */
export function urlTarget(url: string): CheckpointTarget {
  return {
    name: 'url',
    // Only the host, since the rest may hold a secret.
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
 * Others may read checkpoints, to copy them; all other files of this process are private to its user. Ignored if the
 * file system has no such permissions.
 */
const openToAll = (path: string, mode: number): Promise<void> => chmod(path, mode).catch(() => undefined);

async function writeWhole(path: string, text: string): Promise<void> {
  // Hidden, so that what a power failure leaves of it is not taken for a checkpoint.
  const written = join(dirname(path), `.${randomUUID()}`);
  try {
    await writeFile(written, text, { flush: true });
    await openToAll(written, 0o644);
    await rename(written, path);
  } finally {
    await rm(written, { force: true });
  }
}

/** A file's name is durable once its folder is flushed: until then it must not be recorded as delivered. */
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
    // An aborted request throws the reason of its signal: it is no fault when another instance takes over.
    request.signal?.throwIfAborted();
    const { cause = error } = error as { readonly cause?: unknown };
    throw new Error(cause instanceof Error ? cause.message || cause.name : String(cause), { cause: error });
  }
}

/** Empty if the folder does not exist. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Null if there is no file. @throws if it is not a regular file, since reading that might never end. */
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
    // Without `O_NONBLOCK`, opening a pipe that nobody writes to never returns.
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** After the database was restored, two checkpoints of one size may differ in their time, but never in their roots. */
function requireSame(there: string, { note, origin, root }: SignedCheckpoint, path: string): void {
  if (there === note) return;
  const before = readCheckpoint(there);
  if (before.origin === origin && before.root.equals(root)) return;
  throw new Error(
    `${path} says something else of as many events, and is left as it is: the log was changed since, or is another one`,
  );
}
