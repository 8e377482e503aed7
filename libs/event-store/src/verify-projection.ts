import type { Kysely } from 'kysely';
import type { Database } from '@connections/database/database';
import { type EventStore, type Position, START } from './event-store';
import { logUntil } from './log-until';
import { apply, type Projection, type ProjectionTables } from './projection';
import { progressOf, type RebuildProgress } from './rebuild';
import { type Comparison, compareTables } from './table-comparison';

export interface VerifiedProjection extends Comparison {
  /** The end of the replay: the checkpoint of the live table when it was compared. */
  readonly position: Position;
  /** The number of events replayed. */
  readonly events: number;
}

export interface VerifyOptions {
  readonly signal?: AbortSignal;
  readonly onReplay?: (progress: RebuildProgress) => void;
  /** @param rows the number of rows compared so far, of `total`. */
  readonly onCompare?: (rows: number, total: number) => void;
}

/** The live table cannot be compared with the log; the message says why and what to do. */
export class NotComparable extends Error {}

const BATCH_SIZE = 2_000;

/**
 * Replays the log into an empty database and compares the resulting table, row by row, with the live one. The service
 * may run and write meanwhile: the live table is read as of one moment, and the log is replayed up to that.
 * @param scratch has every table that a projection writes to, all of them empty.
 * @throws NotComparable, Unprojectable, StoreUnavailable, DatabaseUnavailable, or the reason of the signal.
 */
export async function verifyProjection(
  store: EventStore,
  live: Database<ProjectionTables>,
  projection: Projection,
  scratch: Database<unknown>,
  options: VerifyOptions = {},
): Promise<VerifiedProjection> {
  const { name } = projection;
  const { signal } = options;
  await projection.create(scratch.writer, name, 1);
  const replaying = new Replay(store, projection, scratch, options);
  await replaying.upTo(await checkpointOf(live.reader, projection));
  // The live table moves on meanwhile; once it is held still, little should be left to replay.
  while ((await replaying.upTo(await checkpointOf(live.reader, projection))) >= BATCH_SIZE);
  return live.snapshot([name as keyof ProjectionTables], async (tx) => {
    const position = await checkpointOf(tx, projection);
    await replaying.upTo(position);
    const comparison = await compareTables({ live: tx as unknown as Kysely<unknown>, replayed: scratch.reader }, name, {
      ...(signal && { signal }),
      ...(options.onCompare && { onProgress: options.onCompare }),
    });
    return { position, events: replaying.events, ...comparison };
  });
}

/** One replay of the log, continued from one position to the next. */
class Replay {
  #position: Position = START;
  #events = 0;
  #progress: ReturnType<typeof progressOf> | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly projection: Projection,
    private readonly scratch: Database<unknown>,
    private readonly options: VerifyOptions,
  ) {}

  get events(): number {
    return this.#events;
  }

  /** @returns the number of events that it advanced by. */
  async upTo(checkpoint: Position): Promise<number> {
    const { name } = this.projection;
    const last = await this.store.head();
    if (checkpoint > last && checkpoint > (await this.store.head(checkpoint))) {
      throw new NotComparable(
        `The projection ${name} has seen events up to ${checkpoint}, and the log ends at ${last || 'its beginning'}: the log is an older copy. Restore the newer one.`,
      );
    }
    if (checkpoint < this.#position) {
      throw new NotComparable(`The projection ${name} was set back while it was compared. Run this again.`);
    }
    const { signal, onReplay } = this.options;
    const before = this.#events;
    // Behind the last event there are only those of other applications, and another replay need not get equally far.
    const until = checkpoint < last ? checkpoint : last;
    this.#progress ??= progressOf(this.store, until);
    const rest = { after: this.#position, until, batchSize: BATCH_SIZE, ...(signal && { signal }) };
    for await (const { events, upTo } of logUntil(this.store, rest)) {
      await this.scratch.transaction('relaxed', (tx) => apply(this.projection, tx, name, events));
      this.#position = upTo;
      this.#events += events.length;
      onReplay?.(this.#progress(upTo, events.length));
    }
    return this.#events - before;
  }
}

/** The checkpoint of the live table. @throws NotComparable when it does not exist or has another version. */
async function checkpointOf(reader: Kysely<ProjectionTables>, { name, version }: Projection): Promise<Position> {
  const row = await reader.selectFrom('projections').selectAll().where('name', '=', name).executeTakeFirst();
  if (row === undefined) {
    throw new NotComparable(`The projection ${name} is not made yet. Start the service, which makes it.`);
  }
  if (row.version === version) return row.position;
  throw new NotComparable(
    `The projection ${name} has form ${row.version}, and this version of the service uses ${version}. Start the service of this version, which rebuilds it.`,
  );
}
