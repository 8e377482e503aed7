import { statSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';

// The thread that writes the log: one group of appends after the other, each in one transaction, and it answers what
// became of them once that is committed. It loads nothing else of this project: that would be there twice, and in tests
// Node.js itself reads this file, which knows neither our path aliases nor imports without an extension.

/** What the thread is given when it starts. */
export interface WriterOptions {
  readonly path: string;
  /** Device and inode of the file that is to be written to: `device:inode`. */
  readonly identity: string;
  /** Pragmas of the connection. */
  readonly settings: readonly string[];
  /** Milliseconds that another process's lock is waited for. */
  readonly timeout: number;
}

/** Events to be appended, in the form in which they are stored. */
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
  /** The last event of the append; the same for one that was there before. */
  | { readonly revision: number; readonly position: number }
  /** Nothing of it was written: this is the stream's last revision. */
  | { readonly actual: number };

export type Written =
  /** In the order of the appends. */
  | { readonly outcomes: readonly Outcome[] }
  /** Nothing of any append was written: what SQLite says. */
  | { readonly failure: { readonly code: string; readonly message: string } };

const NOTHING = -1;
const { path, identity, settings, timeout } = workerData as WriterOptions;
/** Opened with the first group, which hears when that cannot be done; and so does the next one, until it can. */
let log: Log | undefined;

parentPort?.on('message', (appends: readonly WantedAppend[] | null) => {
  if (appends !== null) {
    parentPort?.postMessage(writtenOf(appends));
    return;
  }
  // There will be no more.
  log?.database.close();
  parentPort?.close();
});

/** @throws what SQLite did not say: then this thread ends. */
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
 * SQLite opens its files by name. What is appended beside a file that took the log's name, the next one who opens it would
 * copy into that file.
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
    // What stands behind a plus is not looked at by the planner: see `prepare` of the store.
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

/** SQLite has rolled back by itself after some faults. Where even this fails, the next group tries it again. */
function rollBack({ database, rollback }: Log): void {
  try {
    if (database.inTransaction) rollback.run();
  } catch {
    // Those who wait hear of the fault that came first.
  }
}

/** One append inside the open transaction. A conflict writes nothing, so the others of the group go on. */
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

/** The same events at the same place, as a retry gives them. */
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
