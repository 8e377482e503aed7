import { statSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';

// The thread that writes the log: one group of appends after the other, each in one transaction, answered once that is
// committed. It imports nothing else of this project: that would be loaded twice, and in tests Node.js itself reads
// this file, and knows neither our path aliases nor imports without an extension.

/** The data with which the thread is started. */
export interface WriterOptions {
  readonly path: string;
  /** Device and inode of the file to write to: `device:inode`. */
  readonly identity: string;
  /** Pragmas to set on the connection. */
  readonly settings: readonly string[];
  /** How long to wait for another process's lock, in milliseconds. */
  readonly timeout: number;
}

/** Events to append, in their stored form. */
export interface WantedAppend {
  readonly stream: string;
  readonly expectedRevision: number;
  readonly rows: readonly {
    readonly id: string;
    readonly type: string;
    readonly data: string;
    readonly metadata: string;
  }[];
}

export type Outcome =
  /** The last event of the append, also when it had been appended before. */
  | { readonly revision: number; readonly position: number }
  /** Nothing was written, because the stream's last revision is this one. */
  | { readonly actual: number };

export type Written =
  /** In the order of the appends. */
  | { readonly outcomes: readonly Outcome[] }
  /** Nothing of any append was written: SQLite's error. */
  | { readonly failure: { readonly code: string; readonly message: string } };

const NOTHING = -1;
const { path, identity, settings, timeout } = workerData as WriterOptions;
/** Opened with the first group. If that fails, the group fails with it, and the next one tries again. */
let log: Log | undefined;

parentPort?.on('message', (appends: readonly WantedAppend[] | null) => {
  if (appends !== null) {
    parentPort?.postMessage(writtenOf(appends));
    return;
  }
  // The last message.
  log?.database.close();
  parentPort?.close();
});

/** @throws any error that is not SQLite's: then this thread ends. */
function writtenOf(appends: readonly WantedAppend[]): Written {
  try {
    refuseAnother();
    log ??= open();
    rollBack(log);
    log.begin.run();
    const outcomes = appends.map(outcomeIn(log));
    log.commit.run();
    return { outcomes };
  } catch (error) {
    if (log !== undefined) rollBack(log);
    const { code, message } = error as { readonly code?: unknown; readonly message: string };
    if (typeof code !== 'string' || !code.startsWith('SQLITE_')) throw error;
    return { failure: { code, message } };
  }
}

/**
 * SQLite opens its companion files by name. If another file took the log's name, the next process to open it would copy
 * into it what is appended here.
 */
function refuseAnother(): void {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (found !== undefined && `${found.dev}:${found.ino}` === identity) return;
  const message = `${path} was moved away or replaced since it was opened; put it back before anything is started`;
  throw Object.assign(new Error(message), { code: 'SQLITE_READONLY_DBMOVED' });
}

type Log = ReturnType<typeof prepare>;

function open(): Log {
  const database = new Sqlite(path, { timeout, fileMustExist: true });
  try {
    for (const setting of settings) database.pragma(setting);
    return prepare(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

function prepare(database: Sqlite.Database) {
  return {
    database,
    begin: database.prepare('begin immediate'),
    commit: database.prepare('commit'),
    rollback: database.prepare('rollback'),
    // The planner does not look at a value behind a plus: see `prepare` of the store.
    lastRevision: database
      .prepare<[string], number>('select revision from events where stream = +? order by revision desc limit 1')
      .pluck(),
    insert: database.prepare<[string, number, string, string, string, string]>(
      'insert into events (stream, revision, id, type, data, metadata) values (?, ?, ?, ?, ?, ?)',
    ),
    storedFrom: database.prepare<[string, number, number], { revision: number; position: number; id: string }>(
      'select revision, position, id from events where stream = +? and revision >= +? order by revision limit +?',
    ),
  };
}

/** SQLite rolls back by itself after some faults. If this fails too, the next group tries it again. */
function rollBack({ database, rollback }: Log): void {
  try {
    if (database.inTransaction) rollback.run();
  } catch {
    // The waiting appends are told of the first fault.
  }
}

/** One append inside the open transaction. A conflict writes nothing, so the rest of the group goes on. */
const outcomeIn =
  (open: Log) =>
  ({ stream, expectedRevision, rows }: WantedAppend): Outcome => {
    const actual = open.lastRevision.get(stream) ?? NOTHING;
    if (actual !== expectedRevision) return writtenBefore(open, stream, expectedRevision, rows) ?? { actual };
    let revision = expectedRevision;
    let position = 0;
    for (const { id, type, data, metadata } of rows) {
      revision += 1;
      position = Number(open.insert.run(stream, revision, id, type, data, metadata).lastInsertRowid);
    }
    return { revision, position };
  };

/** Whether the same events are already at this place: a retry. */
function writtenBefore(
  { storedFrom }: Log,
  stream: string,
  expectedRevision: number,
  rows: WantedAppend['rows'],
): Outcome | null {
  const stored = storedFrom.all(stream, expectedRevision + 1, rows.length);
  const last = stored.at(-1);
  if (last === undefined || stored.length !== rows.length) return null;
  if (!stored.every(({ id }, index) => id === rows[index]?.id)) return null;
  return { revision: last.revision, position: last.position };
}
