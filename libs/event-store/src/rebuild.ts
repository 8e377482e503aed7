import type { Kysely } from 'kysely';
import type { Database } from '@connections/database/database';
import { type EventStore, type Position, START } from './event-store';
import type { Projection, ProjectionTables } from './projection';

export interface RebuildProgress {
  /** Events replayed so far. */
  readonly done: number;
  /** Events there are in all. */
  readonly total: number;
  /** Events a second, over the whole run so far. */
  readonly rate: number;
  /** Estimated seconds to go. */
  readonly secondsLeft: number;
}

export interface RebuildOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RebuildProgress) => void;
}

/** Another rebuild of the same projection was started meanwhile, and this one gave way. */
export class RebuildOvertaken extends Error {
  constructor(name: string) {
    super(`Another rebuild of ${name} was started; this one stopped. The table in use is unchanged.`);
  }
}

const BATCH_SIZE = 2_000;

/**
 * Replays the log from its beginning into a table beside the live one and then, in one transaction, puts it in the
 * live one's place. Readers see the old rows until that moment and the new ones from it on. It may run in any
 * process, with or without the service: the live projector is fenced off by the new generation and goes on from there.
 * An interrupted rebuild leaves the live table as it was.
 */
export async function rebuild(
  store: EventStore,
  database: Database<ProjectionTables>,
  projection: Projection,
  options: RebuildOptions = {},
): Promise<RebuildProgress> {
  const table = `${projection.name}_next`;
  const generation = await database.transaction('relaxed', async (tx) => {
    await tx.deleteFrom('projections').where('name', '=', table).execute();
    const live = await tx
      .selectFrom('projections')
      .select('generation')
      .where('name', '=', projection.name)
      .executeTakeFirst();
    const next = (live?.generation ?? 0) + 1;
    await tx.schema.dropTable(table).ifExists().execute();
    await projection.create(tx as unknown as Kysely<unknown>, table, next);
    const row = { name: table, version: projection.version, generation: next, position: START, fault: null };
    await tx.insertInto('projections').values(row).execute();
    return next;
  });
  const run = progressOf(await store.count(START, await store.head()));
  let position: Position = START;
  for (;;) {
    const head = await store.head();
    if (position < head) {
      for await (const batch of store.subscribe({
        after: position,
        batchSize: BATCH_SIZE,
        ...(options.signal && { signal: options.signal }),
      })) {
        const last = batch.at(-1);
        if (last === undefined) continue;
        await database.transaction('relaxed', async (tx) => {
          const { numUpdatedRows } = await tx
            .updateTable('projections')
            .set({ position: last.position })
            .where('name', '=', table)
            .where('position', '=', position)
            .executeTakeFirst();
          if (numUpdatedRows === 0n) throw new RebuildOvertaken(projection.name);
          await projection.apply(tx as unknown as Kysely<unknown>, table, batch);
        });
        position = last.position;
        options.onProgress?.(run(batch.length));
        if (position >= head) break;
      }
    }
    options.signal?.throwIfAborted();
    if (await takeOver(database, projection, table, generation, position)) return run(0);
  }
}

/** Swaps the tables, unless the live one is ahead by now: then there is more to replay first. */
async function takeOver(
  database: Database<ProjectionTables>,
  projection: Projection,
  table: string,
  generation: number,
  position: Position,
): Promise<boolean> {
  const { name, version } = projection;
  return database.transaction('durable', async (tx) => {
    const removed = await tx
      .deleteFrom('projections')
      .where('name', '=', table)
      .where('position', '=', position)
      .executeTakeFirst();
    if (removed.numDeletedRows === 0n) throw new RebuildOvertaken(name);
    const live = await tx.selectFrom('projections').select('position').where('name', '=', name).executeTakeFirst();
    if (live && live.position > position) {
      await tx.insertInto('projections').values({ name: table, version, generation, position, fault: null }).execute();
      return false;
    }
    await tx.schema.dropTable(name).ifExists().execute();
    await tx.schema.alterTable(table).renameTo(name).execute();
    const row = { name, version, generation, position, fault: null };
    await tx
      .insertInto('projections')
      .values(row)
      .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
      .execute();
    return true;
  });
}

function progressOf(total: number): (events: number) => RebuildProgress {
  const started = performance.now();
  let done = 0;
  return (events) => {
    done += events;
    const seconds = (performance.now() - started) / 1_000;
    const rate = seconds > 0 ? Math.round(done / seconds) : 0;
    const left = Math.max(0, total - done);
    return { done, total: Math.max(total, done), rate, secondsLeft: rate > 0 ? Math.ceil(left / rate) : 0 };
  };
}
