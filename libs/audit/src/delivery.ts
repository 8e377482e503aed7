import type { Logger } from 'pino';
import type { Database } from '@connections/database/database';
import { type Lease, whileHeld } from '@connections/event-store/lease';
import { readCheckpoint } from './checkpoint';
import type { SignedCheckpoint } from './checkpoints';
import type { CheckpointTables } from './checkpoints.tables';
import type { OutsidePlace } from './outside-checkpoints';
import { Rounds } from './rounds';

/** A place outside that checkpoints are brought to, where whoever runs the service cannot take them back. */
export interface CheckpointTarget extends OutsidePlace {
  readonly name: 'folder' | 'url';
  /** Settles once the checkpoint is there; the same one may come again. */
  deliver(checkpoint: SignedCheckpoint, stopping: AbortSignal): Promise<void>;
}

/** How often to look for checkpoints that were signed, in milliseconds. */
const LOOK_EVERY = 1_000;

/** How long to wait at the most between tries that fail, in milliseconds. */
const LONGEST_WAIT = 60_000;

/** Brings every checkpoint to one place, the smallest first, and each until it is there; it goes on where it was. */
export class Delivery {
  readonly #rounds: Rounds;

  constructor(
    private readonly database: Database<CheckpointTables>,
    readonly target: CheckpointTarget,
    log: Pick<Logger, 'warn'>,
    /** Null where there is only this process. */
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

  /** Why the last try failed; null when it did not, or another process tries. */
  get problem(): string | null {
    const { problem } = this.#rounds;
    return problem === null ? null : `${this.target.place}: ${problem}`;
  }

  /** How many checkpoints are not there yet. */
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
      // Whoever stood still may have been overtaken, also by one that has ended since, and has not heard of it yet.
      if (this.lease !== null && !(await this.lease.take())) return;
      const checkpoint = await this.#next();
      if (checkpoint === null) return;
      await this.target.deliver(checkpoint, signal);
      await this.#remember(checkpoint.size);
      signal.throwIfAborted();
    }
  }

  /** The smallest that is not there yet; null when all are. */
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

  /** The largest size that is there; -1 before the first. */
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
          // Another process may be further.
          .where('checkpoint_deliveries.size', '<', size),
      )
      .execute();
  }
}
