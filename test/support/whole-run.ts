import { chmodSync, mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { POSTGRES_OF_THE_RUN, type PostgresServer, startPostgres } from './postgres';

/** A file system in memory that Linux has, and the room that it must have, in bytes. */
const MEMORY = '/dev/shm';
const ROOM = 4 * 1_024 ** 3;
/** A folder of it is named so and after the process of its run. */
const FOLDER = 'connections-tests-';

/** Connections that the run's PostgreSQL takes: many services of many files share it. */
const CONNECTIONS = 400;

let folder: string | undefined;
let door: Server | undefined;
let postgres: Promise<PostgresServer> | undefined;

/** Prepares what all files of tests in one run share. Jest calls it before it starts the processes that run them. */
export async function begin(): Promise<void> {
  folder = newFolder();
  // Processes are killed in these tests, but never the power: what a kill leaves is the same in memory as on a disk, and
  // nobody waits for a disk hundreds of thousands of times. TMPDIR puts the files where one likes.
  if (process.env['TMPDIR'] === undefined) process.env['TMPDIR'] = folder;
  if (process.env['DATABASE_TEST_URL'] !== undefined) return;
  // It is started by whoever asks first, since to many runs of single files it is of no use.
  door = createServer((asking) => {
    postgres ??= startPostgres({ connections: CONNECTIONS });
    postgres.then(
      ({ url }) => asking.end(url),
      (error: unknown) => asking.end(String(error)),
    );
  });
  const place = join(folder, 'postgres');
  await new Promise<void>((listening) => door?.listen(place, listening));
  process.env[POSTGRES_OF_THE_RUN] = place;
}

/** Ends and removes what was prepared. */
export async function end(): Promise<void> {
  door?.close();
  await (await postgres?.catch(() => undefined))?.remove();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}

function newFolder(): string {
  const parent = hasRoom(MEMORY) ? MEMORY : tmpdir();
  removeLeftovers(parent);
  const path = join(parent, `${FOLDER}${process.pid}`);
  mkdirSync(path);
  // PostgreSQL runs as another user where the tests run as root.
  chmodSync(path, 0o755);
  return path;
}

/** What runs have left that were killed would stay in memory. */
function removeLeftovers(parent: string): void {
  for (const name of readdirSync(parent).filter((name) => name.startsWith(FOLDER))) {
    if (isRunning(Number(name.slice(FOLDER.length)))) continue;
    try {
      rmSync(join(parent, name), { recursive: true, force: true });
    } catch {
      // Something is still mounted in it, or it is another user's.
    }
  }
}

function hasRoom(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize >= ROOM;
  } catch {
    return false;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
