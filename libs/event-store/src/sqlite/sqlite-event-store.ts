import { EventEmitter } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database, Statement } from 'better-sqlite3';
import {
  AppendTooLarge,
  type Appended,
  type Batch,
  type Changes,
  EventStore,
  eventIn,
  type EventToAppend,
  type LoggedEvent,
  MAXIMUM_APPEND_BYTES,
  type Position,
  type ReadOptions,
  START,
  StoreClosed,
  StoreUnavailable,
  type SubscribeOptions,
  type WrittenBatch,
  type WrittenEvent,
  WrongExpectedRevision,
} from '../event-store';
import { openSqlite } from '@connections/database/sqlite-file';
import { UnusableFile } from '@connections/database/unusable';
import { textsOf } from '../json-texts';
import { LogWriter } from './log-writer';
import type { Outcome, WantedAppend } from './log-writer.thread';

/** Marks the file as ours ("CXEV"), so that another application's database is never written to. */
export const APPLICATION_ID = 0x43584556;

/** The layout that this version writes. A file with a higher number was written by a newer version. */
export const LAYOUT = 1;

const READ_PAGE = 512;
const BATCH_SIZE = 1_000;

/** How soon a subscription notices what another process wrote, in milliseconds. Its own process wakes it at once. */
const POLL_INTERVAL = 100;

/** An event as a row of the table. */
export interface Row {
  position: number;
  stream: string;
  revision: number;
  id: string;
  type: string;
  data: string;
  metadata: string;
}

/**
 * The event store in one SQLite file. Appends that arrive together share one transaction and so one fsync; each is
 * answered after that commit. SQLite has one writer, so positions commit in order.
 */
export class SqliteEventStore extends EventStore {
  readonly #database: Database;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #committed = new EventEmitter().setMaxListeners(0);
  readonly #closing = new AbortController();
  readonly #writer: LogWriter;
  #closed: Promise<void> | null = null;

  /** @throws UnusableFile when the file cannot serve as this store. */
  constructor(private readonly path: string) {
    super();
    this.#database = openSqlite(path, false, (database) => refuseForeign(database, path));
    try {
      layOut(this.#database);
      this.#statements = prepare(this.#database);
      this.#writer = new LogWriter(path, () => this.#committed.emit('commit'));
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  override async append(stream: string, expectedRevision: number, events: readonly EventToAppend[]): Promise<Appended> {
    if (this.#closing.signal.aborted) throw new StoreClosed();
    if (events.length === 0) throw new RangeError(`An append to ${stream} needs at least one event.`);
    const rows = events.map((event) => ({ id: event.id, type: event.type, ...textsOf(event) }));
    const bytes = rows.reduce((sum, row) => sum + Buffer.byteLength(row.data) + Buffer.byteLength(row.metadata), 0);
    if (bytes > MAXIMUM_APPEND_BYTES) throw new AppendTooLarge(stream, bytes);
    const outcome = await this.#written({ stream, expectedRevision, rows }, bytes);
    if ('actual' in outcome) throw new WrongExpectedRevision(stream, expectedRevision, outcome.actual);
    return { revision: outcome.revision, position: toPosition(outcome.position) };
  }

  async #written(append: WantedAppend, bytes: number): Promise<Outcome> {
    try {
      return await this.#writer.append(append, bytes);
    } catch (error) {
      throw classified(error, 'nothing was written');
    }
  }

  override async *read(stream: string, options: ReadOptions = {}): AsyncGenerator<LoggedEvent> {
    const forwards = options.direction !== 'backwards';
    let from = options.from ?? (forwards ? 0 : Number.MAX_SAFE_INTEGER);
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    while (left > 0) {
      const size = Math.min(left, READ_PAGE);
      const rows = this.#reading(() =>
        (forwards ? this.#statements.forwards : this.#statements.backwards).all(stream, from, size),
      );
      for (const row of rows) yield toEvent(row);
      const last = rows.at(-1);
      if (last === undefined || rows.length < size) return;
      left -= rows.length;
      await nextTurn();
      from = last.revision + (forwards ? 1 : -1);
    }
  }

  override async *subscribe(options: SubscribeOptions): AsyncGenerator<Batch> {
    for await (const { events, upTo } of this.written(options)) yield { events: events.map(eventIn), upTo };
  }

  override async *written(options: SubscribeOptions): AsyncGenerator<WrittenBatch> {
    const size = options.batchSize ?? BATCH_SIZE;
    const signals = options.signal ? [this.#closing.signal, options.signal] : [this.#closing.signal];
    const ended = AbortSignal.any(signals);
    if (this.#closing.signal.aborted) throw new StoreClosed();
    let after = fromPosition(options.after);
    while (!ended.aborted) {
      const rows = this.#reading(() => this.#statements.after.all(after, size));
      const last = rows.at(-1);
      if (last === undefined) {
        await this.#somethingNew(ended);
      } else {
        after = last.position;
        yield { events: rows.map(toWritten), upTo: toPosition(after) };
        // The driver is synchronous, so without this, a long catch-up would block everything else.
        await nextTurn();
      }
    }
  }

  /** Settles at the next commit of this process, at the next poll for other processes', or when it has ended. */
  #somethingNew(ended: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#committed.off('commit', settle);
        ended.removeEventListener('abort', settle);
        resolve();
      };
      const timer = setTimeout(settle, POLL_INTERVAL);
      this.#committed.once('commit', settle);
      ended.addEventListener('abort', settle, { once: true });
    });
  }

  override async changes(after: Position, limit: number): Promise<Changes> {
    const revisions = this.#reading(() => this.#statements.changes.all(fromPosition(after), limit + 1));
    if (revisions.length > limit) return { revisions, upTo: await this.head(), complete: false };
    const last = revisions.at(-1);
    return { revisions, upTo: last === undefined ? after : toPosition(last.position), complete: true };
  }

  /**
   * Only here and before each append it is checked that the file is still in place; reads go on from the opened one.
   */
  override async head(): Promise<Position> {
    if (!this.#writer.isInPlace) {
      const message = `${this.path} was moved away or replaced since it was opened. Put it back before anything is started; nothing was read.`;
      throw new StoreUnavailable(message);
    }
    const last = this.#reading(() => this.#statements.head.get());
    return last === undefined ? START : toPosition(last);
  }

  override readonly unit = 'events';

  override distance(after: Position, upTo: Position): number {
    // Positions have no gaps.
    return Math.max(0, fromPosition(upTo) - fromPosition(after));
  }

  override close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    try {
      await this.#writer.close();
    } finally {
      this.#database.close();
    }
  }

  #reading<T>(read: () => T): T {
    if (this.#closing.signal.aborted) throw new StoreClosed();
    try {
      return read();
    } catch (error) {
      throw classified(error, 'nothing was read');
    }
  }
}

function ownerOf(database: Database): { owner: number; layout: number } {
  const pragma = (name: string): number => database.pragma(name, { simple: true }) as number;
  return { owner: pragma('application_id'), layout: pragma('user_version') };
}

function refuseForeign(database: Database, path: string): void {
  const tables = database.prepare<[], number>('select count(*) from sqlite_schema').pluck().get() ?? 0;
  const { owner, layout } = ownerOf(database);
  if (owner === APPLICATION_ID && layout > LAYOUT) {
    throw new UnusableFile(
      `${path} was written by a newer version (layout ${layout}; this one knows up to ${LAYOUT}). Nothing was changed; start that version or a newer one.`,
    );
  }
  if (owner !== APPLICATION_ID && tables > 0) {
    throw new UnusableFile(
      `${path} is a SQLite database, but not an event log of this service. Nothing was changed; set DATA_DIR to another folder.`,
    );
  }
}

function layOut(database: Database): void {
  if (ownerOf(database).owner === APPLICATION_ID) return;
  database.exec(`
    begin immediate;
    create table if not exists events (
      position integer primary key,
      stream text not null,
      revision integer not null,
      id text not null,
      type text not null,
      data text not null,
      metadata text not null,
      unique (stream, revision)
    ) strict;
    pragma application_id = ${APPLICATION_ID};
    pragma user_version = ${LAYOUT};
    commit;
  `);
}

/**
 * Write a parameter of a query with a plus in front. SQLite looks at plain values in `limit` and beside `order by` when
 * it plans, and would then plan the statement anew at every execution, which costs several times what running it does.
 */
function prepare(database: Database) {
  const columns = 'position, stream, revision, id, type, data, metadata';
  const one = <P extends unknown[]>(sql: string): Statement<P, number> => database.prepare<P, number>(sql).pluck();
  const rows = <P extends unknown[]>(sql: string): Statement<P, Row> => database.prepare<P, Row>(sql);
  return {
    head: one<[]>('select position from events order by position desc limit 1'),
    forwards: rows<[string, number, number]>(
      `select ${columns} from events where stream = +? and revision >= +? order by revision limit +?`,
    ),
    backwards: rows<[string, number, number]>(
      `select ${columns} from events where stream = +? and revision <= +? order by revision desc limit +?`,
    ),
    changes: database.prepare<[number, number], Pick<Row, 'position' | 'stream' | 'revision'>>(
      'select position, stream, revision from events where position > +? order by position limit +?',
    ),
    after: rows<[number, number]>(`select ${columns} from events where position > +? order by position limit +?`),
  };
}

/** Property by property, which is many times as fast as spreading the row. */
const toWritten = ({ position, stream, revision, id, type, data, metadata }: Row): WrittenEvent => ({
  stream,
  revision,
  id,
  type,
  data,
  metadata,
  position: toPosition(position),
});

/** @throws StoreUnavailable when the row holds no JSON: SQLite has no checksums and does not notice damage. */
export const toEvent = (row: Row): LoggedEvent => eventIn(toWritten(row));

/** Zero-padded, so that positions compare as strings. */
const toPosition = (position: number): Position => String(position).padStart(16, '0');
const fromPosition = (position: Position): number => (position === START ? 0 : Number(position));

function classified(error: unknown, effect: string): unknown {
  const { code, message } = error as { readonly code?: unknown; readonly message?: string };
  if (typeof code !== 'string' || !code.startsWith('SQLITE_')) return error;
  return new StoreUnavailable(`The event store cannot serve now: ${message ?? ''} (${code}); ${effect}.`, error);
}
