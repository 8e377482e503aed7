import type { Logger } from 'pino';
import type { Database } from '@connections/database/database';
import { type Lease, whileHeld } from '@connections/event-store/lease';
import { readCheckpoint } from './checkpoint';
import type { SignedCheckpoint } from './checkpoints';
import type { CheckpointTables } from './checkpoints.tables';
import type { OutsidePlace } from './outside-checkpoints';
import { Rounds } from './rounds';

/** A place outside to which checkpoints are delivered, where the operator of the service cannot take them back. */
export interface CheckpointTarget extends OutsidePlace {
  readonly name: 'folder' | 'url';
  /** Settles once the checkpoint has arrived; the same one may be delivered again. */
  deliver(checkpoint: SignedCheckpoint, stopping: AbortSignal): Promise<void>;
}

/** How often to look for new checkpoints, in milliseconds. */
const LOOK_EVERY = 1_000;

/** The longest wait between tries that fail, in milliseconds. */
const LONGEST_WAIT = 60_000;

/**
 * Delivers every checkpoint to one place in order of size, retrying each until it has arrived; after a restart it
 * continues where it was.
 */
export class Delivery {
  readonly #rounds: Rounds;

  constructor(
    private readonly database: Database<CheckpointTables>,
    readonly target: CheckpointTarget,
    log: Pick<Logger, 'warn'>,
    /** Null when this process does not share the database. */
    private readonly lease: Lease | null,
  ) {
    const { name, place } = target;
    this.#rounds = new Rounds(
      LOOK_EVERY,
      LONGEST_WAIT,
      (stopping) => this.#deliver(stopping),
      (err) => log.warn({ target: name, place, err }, 'a checkpoint could not be delivered; it is tried again'),
    );
  }

  /** Why the last try failed; null when it succeeded, or when another process delivers. */
  get problem(): string | null {
    const { problem } = this.#rounds;
    return problem === null ? null : `${this.target.place}: ${problem}`;
  }

  /** The number of checkpoints not yet delivered. */
  async outstanding(): Promise<number> {
    const { reader } = this.database;
    const { left } = await reader
      .selectFrom('checkpoints')
      .select((checkpoints) => checkpoints.fn.countAll<number>().as('left'))
      .where('size', '>', await this.#delivered())
      .executeTakeFirstOrThrow();
    return left;
  }

  start(): void {
    this.#rounds.start();
  }

  async stop(): Promise<void> {
    await this.#rounds.stop();
  }

  async #deliver(stopping: AbortSignal): Promise<void> {
    if ((await this.#next()) === null) return;
    if (this.lease === null) await this.#deliverAll(stopping);
    else await whileHeld(this.lease, stopping, (lost) => this.#deliverAll(lost));
  }

  async #deliverAll(signal: AbortSignal): Promise<void> {
    for (;;) {
      // A process that was suspended may have lost the lease without knowing it, even to one that has ended since.
      if (this.lease !== null && !(await this.lease.take())) return;
      const checkpoint = await this.#next();
      if (checkpoint === null) return;
      await this.target.deliver(checkpoint, signal);
      await this.#remember(checkpoint.size);
      signal.throwIfAborted();
    }
  }

  /** The smallest checkpoint not yet delivered; null when all are. */
  async #next(): Promise<SignedCheckpoint | null> {
    const row = await this.database.reader
      .selectFrom('checkpoints')
      .select('note')
      .where('size', '>', await this.#delivered())
      .orderBy('size')
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? null : { ...readCheckpoint(row.note), ...row };
  }

  /** The largest delivered size; -1 before the first. */
  async #delivered(): Promise<number> {
    const row = await this.database.reader
      .selectFrom('checkpoint_deliveries')
      .select('size')
      .where('target', '=', this.target.name)
      .executeTakeFirst();
    return row?.size ?? -1;
  }

  async #remember(size: number): Promise<void> {
    await this.database.writer
      .insertInto('checkpoint_deliveries')
      .values({ target: this.target.name, size })
      .onConflict((conflict) =>
        conflict
          .column('target')
          .doUpdateSet({ size })
          // Another process may have delivered more.
          .where('checkpoint_deliveries.size', '<', size),
      )
      .execute();
  }
}
