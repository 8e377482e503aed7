import { parentPort, workerData } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';

// The thread that writes the log. It opens the file that it is given, writes one group of appends after the other, each
// in one transaction, and answers what became of them once that is committed. Nothing else of this project is loaded
// here: it would be there twice, and the tests have Node.js itself read this file, which knows no other of its kind.

/** What the thread is given when it starts. */
export interface WritingOptions {
  readonly path: string;
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
  /** Nothing of any append was written. */
  | { readonly failure: { readonly code: string; readonly message: string } };

const NOTHING = -1;
const { path, settings, timeout } = workerData as WritingOptions;
const database = new Sqlite(path, { timeout, fileMustExist: true });
for (const setting of settings) database.pragma(setting);

const begin = database.prepare('begin immediate');
const commit = database.prepare('commit');
const rollback = database.prepare('rollback');
// What stands behind a plus is not looked at by the planner: see `prepare` of the store.
const lastRevision = database
  .prepare<[string], number>('select revision from events where stream = +? order by revision desc limit 1')
  .pluck();
const insert = database.prepare<[string, number, string, string, string, string]>(
  'insert into events (stream, revision, id, type, data, metadata) values (?, ?, ?, ?, ?, ?)',
);
const storedFrom = database.prepare<[string, number, number], { revision: number; position: number; id: string }>(
  'select revision, position, id from events where stream = +? and revision >= +? order by revision limit +?',
);

/** A group of appends; nothing when there will be no more. */
parentPort?.on('message', (appends: readonly WantedAppend[] | null) => {
  if (appends !== null) {
    parentPort?.postMessage(writtenOf(appends));
    return;
  }
  database.close();
  parentPort?.close();
});

function writtenOf(appends: readonly WantedAppend[]): Written {
  rollBack();
  try {
    begin.run();
    const outcomes = appends.map(outcomeOf);
    commit.run();
    return { outcomes };
  } catch (error) {
    rollBack();
    const { code = '', message } = error as { readonly code?: string; readonly message: string };
    return { failure: { code, message } };
  }
}

/** SQLite has rolled back by itself after some faults. Where even this fails, the next group tries it again. */
function rollBack(): void {
  try {
    if (database.inTransaction) rollback.run();
  } catch {
    // Those who wait hear of the fault that came first.
  }
}

/** One append inside the open transaction. A conflict writes nothing, so the others of the group go on. */
function outcomeOf({ stream, expectedRevision, rows }: WantedAppend): Outcome {
  const actual = lastRevision.get(stream) ?? NOTHING;
  if (actual !== expectedRevision) return writtenBefore(stream, expectedRevision, rows) ?? { actual };
  let revision = expectedRevision;
  let position = 0;
  for (const { id, type, data, metadata } of rows) {
    revision += 1;
    position = Number(insert.run(stream, revision, id, type, data, metadata).lastInsertRowid);
  }
  return { revision, position };
}

/** The same events at the same place, as a retry gives them. */
function writtenBefore(stream: string, expectedRevision: number, rows: WantedAppend['rows']): Outcome | null {
  const stored = storedFrom.all(stream, expectedRevision + 1, rows.length);
  const last = stored.at(-1);
  if (last === undefined || stored.length !== rows.length) return null;
  if (!stored.every(({ id }, index) => id === rows[index]?.id)) return null;
  return { revision: last.revision, position: last.position };
}
