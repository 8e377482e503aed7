import { setTimeout as delay } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Database, Durability } from '@connections/database/database';
import { DatabaseUnavailable } from '@connections/database/unusable';
import { type EventStore, type Position, START } from './event-store';
import { logUntil } from './log-until';
import { indexing, type Projection, type ProjectionTables } from './projection';

export interface RebuildProgress {
  /** Events processed so far; the changes of the last ones may be written a moment later. */
  readonly done: number;
  /** Events in all; an estimate if the store cannot count them. */
  readonly total: number;
  /** Events a second, averaged over the whole run so far. */
  readonly rate: number;
  /** Estimated seconds to go. */
  readonly secondsLeft: number;
}

export interface RebuildOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RebuildProgress) => void;
  /**
   * Whether this process answers requests meanwhile: the rebuild works in small pieces, and pauses as long after each.
   */
  readonly givesWay?: boolean;
}

/** Another rebuild of the same projection has started, and this one gave way. */
export class RebuildOvertaken extends Error {
  constructor(name: string) {
    super(`Another rebuild of ${name} was started; this one stopped. The table in use is unchanged.`);
  }
}

/** Events read at once. Few, so that most are garbage by the time the collector would copy what is still in use. */
const BATCH_SIZE = 500;
/** Events whose changes are written at once: a page that many of them change is then written once. */
const GATHERED = 2_500;
/**
 * Changes are written at least this often, in milliseconds, however few: by the checkpoint, others tell whether a
 * rebuild is alive.
 */
const CHECKPOINT_AT_LEAST_EVERY = 200;
/** Events handled between two pauses when requests have to be answered. */
const SMALL_BATCH_SIZE = 200;
/**
 * Creating an index over existing rows costs a tenth of maintaining it row by row. But it is a single step that keeps
 * all other writers to a file waiting, so it is done after this many events, when it takes about a second.
 */
const INDEXED_AFTER = 1_000_000;
/** How long to wait before trying again to replace the live table, in milliseconds. */
const RETRY_EVERY = 1_000;

/** The table that a rebuild fills, and the name of its row among the projections. */
export const nextTable = ({ name }: Projection): string => `${name}${NEXT}`;

/** The suffix of the names of such tables. */
export const NEXT = '_next';

/**
 * Replays the log from its beginning into a table beside the live one and then, in one transaction, replaces the live
 * one with it. Until that moment readers see the old rows, and from then on the new ones. It may run in any process,
 * with or without the service: the live projector is fenced off by the new generation and continues from there. A
 * rebuild that fails or is interrupted leaves the live table as it was.
 * @throws RebuildOvertaken, Unprojectable, or the reason of the signal.
 */
export async function rebuild(
  store: EventStore,
  database: Database<ProjectionTables>,
  projection: Projection,
  options: RebuildOptions = {},
): Promise<RebuildProgress> {
  const table = nextTable(projection);
  const generation = await withTables(database, 'relaxed', (tx) => begin(tx, projection, table));
  const progressAt = progressOf(store, await store.head());
  let position: Position = START;
  /** Moves the checkpoint and works on the table in one transaction, as long as the table is this rebuild's. */
  const step = async (upTo: Position, work: (tx: Kysely<unknown>) => Promise<void>): Promise<void> => {
    await database.transaction('relaxed', async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('projections')
        .set({ position: upTo })
        .where('name', '=', table)
        .where('generation', '=', generation)
        .where('position', '=', position)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) throw new RebuildOvertaken(projection.name);
      await work(tx as unknown as Kysely<unknown>);
    });
    position = upTo;
  };
  const missing = indexing(projection, table, generation);
  const index = async (): Promise<void> => {
    for (const make of missing.splice(0)) await step(position, make);
  };
  const { signal, givesWay } = options;
  try {
    // Creating an index over many rows would hold up requests, so it is done while there are none.
    if (givesWay) await index();
    // Where the live table was last seen. What it had projected of this log by then is replayed before the next try.
    let seen: Position = START;
    for (;;) {
      const head = await store.head();
      const batchSize = givesWay ? SMALL_BATCH_SIZE : BATCH_SIZE;
      const rest = { after: position, until: head, batchSize, ...(signal && { signal }) };
      let changes = projection.changes();
      let gathered = 0;
      let written = performance.now();
      for await (const { events, upTo } of logUntil(store, rest)) {
        const started = performance.now();
        try {
          changes.add(events);
        } catch (error) {
          // A rebuild that was overtaken does not judge events: its successor may know them.
          await step(position, async () => undefined);
          throw error;
        }
        gathered += events.length;
        const progress = progressAt(upTo, events.length);
        const isDue = gathered >= GATHERED || performance.now() - written >= CHECKPOINT_AT_LEAST_EVERY;
        if (givesWay || isDue || upTo === head) {
          await step(upTo, (tx) => changes.writeTo(tx, table));
          [changes, gathered, written] = [projection.changes(), 0, performance.now()];
          if (progress.done >= INDEXED_AFTER) await index();
        }
        options.onProgress?.(progress);
        if (givesWay) await delay(performance.now() - started, undefined, { ...(signal && { signal }) });
      }
      signal?.throwIfAborted();
      await index();
      const live = await whenFree(signal, () =>
        takeOver(store, database, { projection, table, generation, position, seen }),
      );
      if (live === null) return progressAt(position, 0);
      seen = live;
    }
  } catch (error) {
    // The original error matters more than the leftovers, which the next rebuild removes anyway.
    if (!(error instanceof RebuildOvertaken)) await discard(database, table, generation).catch(() => undefined);
    throw error;
  }
}

/** Retries until the table is free: a back-up may read the live table for long, and the replay is worth the wait. */
async function whenFree<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error;
      await delay(RETRY_EVERY, undefined, { ...(signal && { signal }) });
    }
  }
}

/** Creates the empty live table of a projection that has none yet; an existing one stays as it is. */
export async function createEmpty(database: Database<ProjectionTables>, projection: Projection): Promise<void> {
  await withTables(database, 'durable', async (tx) => {
    const row = { name: projection.name, version: projection.version, generation: 1, position: START, fault: null };
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('projections')
      .values(row)
      .onConflict((conflict) => conflict.column('name').doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows === 0n) return;
    await tx.schema.dropTable(projection.name).ifExists().execute();
    const untyped = tx as unknown as Kysely<unknown>;
    await projection.create(untyped, projection.name, row.generation);
    for (const make of indexing(projection, projection.name, row.generation)) await make(untyped);
  });
}

/** Creates, drops or swaps tables while no other process does, and no projector is in the middle of a batch. */
const withTables = <T>(
  database: Database<ProjectionTables>,
  durability: Durability,
  work: (tx: Kysely<ProjectionTables>) => Promise<T>,
): Promise<T> =>
  database.transaction(durability, async (tx) => {
    await database.lock(tx, 'projections');
    return work(tx);
  });

/** @returns the generation that the rebuilt table will have. */
async function begin(tx: Kysely<ProjectionTables>, projection: Projection, table: string): Promise<number> {
  const overtaken = await tx
    .deleteFrom('projections')
    .where('name', '=', table)
    .returning('generation')
    .executeTakeFirst();
  const live = await tx
    .selectFrom('projections')
    .select('generation')
    .where('name', '=', projection.name)
    .executeTakeFirst();
  // Greater than that of any other rebuild, so that neither takes the other's table for its own.
  const generation = Math.max(live?.generation ?? 0, overtaken?.generation ?? 0) + 1;
  await tx.schema.dropTable(table).ifExists().execute();
  // Without a checkpoint the content of the table is unknown, and the names of its indexes would clash.
  if (live === undefined) await tx.schema.dropTable(projection.name).ifExists().execute();
  await projection.create(tx as unknown as Kysely<unknown>, table, generation);
  const row = { name: table, version: projection.version, generation, position: START, fault: null };
  await tx.insertInto('projections').values(row).execute();
  return generation;
}

/** Removes the table of a rebuild, unless another rebuild has taken it over. */
async function discard(database: Database<ProjectionTables>, table: string, generation: number): Promise<void> {
  await withTables(database, 'relaxed', async (tx) => {
    const { numDeletedRows } = await tx
      .deleteFrom('projections')
      .where('name', '=', table)
      .where('generation', '=', generation)
      .executeTakeFirst();
    if (numDeletedRows > 0n) await tx.schema.dropTable(table).ifExists().execute();
  });
}

/**
 * Swaps the tables, unless the live one is now ahead: then there may be more to replay first. A live table that is
 * still where it was `seen`, beyond all that was replayed since, has seen only events of other applications, or follows
 * a log that is gone. One that moves on although nothing of ours is appended sees only such events too, and more of
 * those may come between any two tries.
 * @returns null when it is done, otherwise the position of the live table.
 */
async function takeOver(
  store: EventStore,
  database: Database<ProjectionTables>,
  rebuilt: {
    readonly projection: Projection;
    readonly table: string;
    readonly generation: number;
    readonly position: Position;
    readonly seen: Position;
  },
): Promise<Position | null> {
  const { table, generation, position, seen } = rebuilt;
  const { name, version } = rebuilt.projection;
  return withTables(database, 'durable', async (tx) => {
    const removed = await tx
      .deleteFrom('projections')
      .where('name', '=', table)
      .where('generation', '=', generation)
      .where('position', '=', position)
      .executeTakeFirst();
    const live = await tx
      .selectFrom('projections')
      .select(['generation', 'position'])
      .where('name', '=', name)
      .executeTakeFirst();
    if (removed.numDeletedRows === 0n) {
      // This rebuild did it, in a try whose answer was lost.
      if (live?.generation === generation) return null;
      throw new RebuildOvertaken(name);
    }
    if (live && live.position > position && live.position > seen && (await store.head(position)) > position) {
      await tx.insertInto('projections').values({ name: table, version, generation, position, fault: null }).execute();
      return live.position;
    }
    await tx.schema.dropTable(name).ifExists().execute();
    await tx.schema.alterTable(table).renameTo(name).execute();
    const row = { name, version, generation, position, fault: null };
    await tx
      .insertInto('projections')
      .values(row)
      .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
      .execute();
    return null;
  });
}

/**
 * Returns a function that computes the progress of a replay up to `head` from its position and the number of events it
 * has just read.
 */
export function progressOf(store: EventStore, head: Position): (position: Position, events: number) => RebuildProgress {
  const started = performance.now();
  const whole = store.distance(START, head);
  let done = 0;
  return (position, events) => {
    done += events;
    const seconds = (performance.now() - started) / 1_000;
    const rate = seconds > 0 ? Math.round(done / seconds) : 0;
    const left =
      position < head
        ? Math.round((done * store.distance(position, head)) / (whole - store.distance(position, head)))
        : 0;
    return { done, total: done + left, rate, secondsLeft: rate > 0 ? Math.ceil(left / rate) : 0 };
  };
}
