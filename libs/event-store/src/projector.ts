import { setTimeout as delay } from 'node:timers/promises';
import type { CompiledQuery, Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Database, Durability } from '@connections/database/database';
import { type Batch, type EventStore, type Position, START, StoreUnavailable } from './event-store';
import { type Lease, LEASE_LASTS, type LeaseTables, whileHeld } from './lease';
import { apply, type Projection, type ProjectionTables, Unprojectable } from './projection';
import { createEmpty, nextTable, rebuild, RebuildOvertaken } from './rebuild';

export interface ProjectorStatus {
  readonly name: string;
  /**
   * `running`; `standby` while another process does the work; `retrying` after a passing fault; `faulted` when it has
   * stopped until somebody acts; `stopped`.
   */
  readonly state: 'starting' | 'running' | 'standby' | 'retrying' | 'faulted' | 'stopped';
  /** Readers can see everything up to here. */
  readonly position: Position;
  /** What went wrong, while it is `retrying` or `faulted`. */
  readonly problem: string | null;
}

/** The most events projected at once. */
const BATCH_SIZE = 1_000;

/** The first wait after a passing fault, in milliseconds, doubled each time, and the longest. */
const FIRST_RETRY = 50;
const LONGEST_RETRY = 5_000;

/**
 * In milliseconds: how often a process on standby checks how far the projection is, and how often it tries the lease.
 */
const LOOK_EVERY = 20;
const ASK_FOR_THE_LEASE_EVERY = 500;

/** How often a stopped projection checks whether it was rebuilt, in milliseconds. */
const LOOK_FOR_A_REBUILD_EVERY = 500;

/** A rebuild by another process that made no progress for this long, in milliseconds, is presumed dead. */
const REBUILD_IS_DEAD_AFTER = 1_000;

/** The checkpoint is not where this projector left it: another projector, or a rebuild, has taken over. */
class Fenced extends Error {}

/**
 * Feeds one projection from the log, in order and in batches, each batch and its checkpoint in one transaction. The
 * checkpoint is moved by compare-and-set, so if two projectors both believe themselves in charge, only one can write.
 * Where several processes share a database, a lease decides which of them does the work; the others stand by, and one
 * takes over when the lease expires.
 */
export class Projector {
  readonly #waiting = new Set<{ position: Position; settle: (seen: boolean) => void }>();
  /** Called after every step forward. */
  readonly #watching = new Set<() => void>();
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  readonly #moving: CompiledQuery;
  /** The values of the last parameters of `#moving`. */
  readonly #fence: readonly string[];
  readonly #started = Promise.withResolvers<null>();
  readonly #looked = Promise.withResolvers<null>();
  #generation = 0;
  #hurry: () => void = () => undefined;
  #readable = false;
  #status: ProjectorStatus;

  constructor(
    private readonly store: EventStore,
    private readonly database: Database<ProjectionTables & LeaseTables>,
    private readonly projection: Projection,
    private readonly log: Pick<Logger, 'info' | 'warn' | 'error'>,
    /** Null when this process does not share the database. */
    private readonly lease: Lease | null = null,
    /** How long events may collect before they are projected together, in milliseconds, while nobody waits for them. */
    private readonly gatherFor: number = 0,
  ) {
    this.#status = { name: projection.name, state: 'starting', position: START, problem: null };
    // Compiled once, since every batch runs it.
    const moving = database.writer
      .updateTable('projections')
      .set({ position: START, fault: null })
      .where('name', '=', projection.name)
      .where('generation', '=', 0)
      .where('position', '=', START);
    this.#moving = (lease === null ? moving : moving.where((where) => where.exists(lease.held()))).compile();
    this.#fence = lease === null ? [] : [lease.name, lease.holder];
  }

  get status(): ProjectorStatus {
    return this.#status;
  }

  /** Whether the table exists, in the form that this version reads. */
  get readable(): boolean {
    return this.#readable;
  }

  /**
   * Makes sure that the table exists in this version, then follows the log until `stop`. If an event cannot be
   * projected into the table of a new version, the old one stays in place and the projection stops.
   * @returns once there is something to read, or once it is clear that a fault has to pass first; it goes on trying.
   */
  async start(): Promise<void> {
    this.#running = this.#run();
    await this.#started.promise;
  }

  /** Resolves once it is known whether a table made earlier can be read, or that this cannot be found out yet. */
  async looked(): Promise<void> {
    await this.#looked.promise;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    this.#started.resolve(null);
    this.#looked.resolve(null);
    this.#set({ state: 'stopped', problem: null });
    for (const waiter of this.#waiting) waiter.settle(false);
  }

  /**
   * Waits until readers can see a position. @returns false when that took longer than `timeout` ms, or cannot happen.
   */
  async reached(position: Position, timeout: number): Promise<boolean> {
    if (this.#status.position >= position) return true;
    if (this.#status.state === 'faulted' || this.#status.state === 'stopped') return false;
    return new Promise((resolve) => {
      const timer = setTimeout(() => waiter.settle(false), timeout);
      const waiter = {
        position,
        settle: (seen: boolean) => {
          clearTimeout(timer);
          this.#waiting.delete(waiter);
          resolve(seen);
        },
      };
      this.#waiting.add(waiter);
      this.#hurry();
    });
  }

  /** The position up to which readers can see everything; see `status`. */
  get position(): Position {
    return this.#status.position;
  }

  /**
   * Waits until readers can see beyond a position, however long that takes.
   * @returns the position that they can see then. Rejects when the signal is aborted, or the projector was stopped.
   */
  async movedBeyond(position: Position, signal: AbortSignal): Promise<Position> {
    while (this.#status.position <= position) {
      signal.throwIfAborted();
      this.#stopping.signal.throwIfAborted();
      await this.#moved(signal);
    }
    return this.#status.position;
  }

  async #moved(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<null>();
    const tell = (): void => resolve(null);
    this.#watching.add(tell);
    signal.addEventListener('abort', tell);
    this.#stopping.signal.addEventListener('abort', tell);
    await promise;
    this.#watching.delete(tell);
    signal.removeEventListener('abort', tell);
    this.#stopping.signal.removeEventListener('abort', tell);
  }

  async #run(): Promise<void> {
    let retry = FIRST_RETRY;
    const { signal } = this.#stopping;
    const onProgress = (): void => void (retry = FIRST_RETRY);
    const lead = (lost: AbortSignal): Promise<void> => this.#lead(lost, onProgress);
    while (!this.#isStopping()) {
      try {
        if (!this.#readable) await this.#look().finally(() => this.#looked.resolve(null));
        if (this.lease === null) await lead(signal);
        else if (!(await whileHeld(this.lease, signal, lead))) await this.#standBy(onProgress);
      } catch (error) {
        if (error instanceof Fenced) {
          this.log.info(
            { projection: this.projection.name },
            'another projector moved the checkpoint: resuming from there',
          );
          continue;
        }
        if (this.#isStopping()) return;
        const problem = error instanceof Error ? error.message : String(error);
        const wait = this.#letsOthersTry(error) ? Math.max(retry, LEASE_LASTS) : retry;
        this.log.warn({ projection: this.projection.name, err: error, retryInMs: wait }, 'projection is interrupted');
        this.#set({ state: 'retrying', problem });
        this.#started.resolve(null);
        await delay(wait, undefined, { signal }).catch(() => undefined);
        retry = Math.min(retry * 2, LONGEST_RETRY);
      }
    }
  }

  /** Another process may be able to reach a log that this one cannot: gives up the lease for it. */
  #letsOthersTry(error: unknown): boolean {
    return this.lease !== null && error instanceof StoreUnavailable;
  }

  /** An existing table can be read, whether or not the log can. */
  async #look(): Promise<ProjectionTables['projections'] | undefined> {
    const row = await this.#row();
    if (row?.version === this.projection.version) this.#canBeRead();
    if (this.#readable && row) this.#seen(row.position);
    return row;
  }

  /**
   * Watches for a while how far the process in charge has come. @param onProgress is called whenever that could be
   * read.
   */
  async #standBy(onProgress: () => void): Promise<void> {
    const { signal } = this.#stopping;
    for (let waited = 0; waited < ASK_FOR_THE_LEASE_EVERY; waited += LOOK_EVERY) {
      const row = await this.#look();
      onProgress();
      this.#set({ state: 'standby', problem: row?.fault ?? null });
      await delay(LOOK_EVERY, undefined, { signal });
    }
  }

  #canBeRead(): void {
    this.#readable = true;
    this.#started.resolve(null);
  }

  /** @returns false when it has to be checked again, since another process is rebuilding. */
  async #isPrepared(signal: AbortSignal): Promise<boolean> {
    const { name, version } = this.projection;
    const row = await this.#row();
    if (row?.version === version) return true;
    if (row)
      this.log.info({ projection: name, from: row.version, to: version }, 'projection has a new form: rebuilding');
    try {
      await rebuild(this.store, this.database.as(), this.projection, { signal, givesWay: true });
    } catch (error) {
      if (error instanceof RebuildOvertaken) {
        await this.#whileAnotherRebuilds(signal);
        return false;
      }
      if (!(error instanceof Unprojectable)) throw error;
      if (row === undefined) {
        // Following the log, it gets as far as the event that cannot be projected, and stops there, as usual.
        await createEmpty(this.database.as(), this.projection);
        return true;
      }
      this.#generation = row.generation;
      this.#seen(row.position);
      await this.#standStill(error);
    }
    return true;
  }

  /** Two rebuilds at once would overtake one another for ever, so the one that was overtaken waits. */
  async #whileAnotherRebuilds(signal: AbortSignal): Promise<void> {
    let before: Position | undefined;
    for (;;) {
      const other = await this.#row(nextTable(this.projection));
      if (other === undefined || other.position === before) return;
      before = other.position;
      await delay(REBUILD_IS_DEAD_AFTER, undefined, { signal });
    }
  }

  /** Does the work until the signal is aborted. @param onProgress is called whenever something was projected. */
  async #lead(signal: AbortSignal, onProgress: () => void): Promise<void> {
    if (!this.#readable) while (!(await this.#isPrepared(signal)));
    this.#canBeRead();
    if (!this.#isFaulted()) {
      const after = await this.#resume();
      for await (const batch of this.store.subscribe({ after, signal, batchSize: BATCH_SIZE })) {
        await this.#projectOrStop(batch);
        if (this.#isFaulted()) break;
        onProgress();
        // A full batch shows that there is more already.
        if (batch.events.length < BATCH_SIZE) await this.#gather(signal);
      }
    }
    if (this.#isFaulted()) await this.#untilRebuilt(signal);
    else if (!signal.aborted) throw new Error('the subscription ended by itself');
  }

  /** A few large batches cost less than many small ones. A caller that waits for a position ends the delay. */
  async #gather(signal: AbortSignal): Promise<void> {
    if (this.gatherFor === 0 || this.#waiting.size > 0) return;
    const wanted = Promise.withResolvers<null>();
    const enough = new AbortController();
    this.#hurry = () => wanted.resolve(null);
    const { gatherFor } = this;
    const passed = delay(gatherFor, undefined, { signal: AbortSignal.any([signal, enough.signal]) }).catch(() => null);
    await Promise.race([passed, wanted.promise]);
    enough.abort();
  }

  /** Waits until somebody has rebuilt the projection, and then continues with the new table. */
  async #untilRebuilt(signal: AbortSignal): Promise<void> {
    while ((await this.#row())?.generation === this.#generation) {
      await delay(LOOK_FOR_A_REBUILD_EVERY, undefined, { signal });
    }
    this.#set({ state: 'starting', problem: null });
  }

  /** The position to continue from. An event that failed before is tried again, since the code may be newer. */
  async #resume(): Promise<Position> {
    const row = await this.#row();
    if (row === undefined) throw new Error(`projection ${this.projection.name} has no checkpoint`);
    if (row.version !== this.projection.version) {
      throw new Error(
        `projection ${row.name} is of version ${row.version} by now, and this process knows ${this.projection.version}: another version of the service has taken over`,
      );
    }
    const head = await this.store.head(row.position);
    if (row.position > head) {
      throw new Error(
        `the read model is ahead of the log (${row.position} > ${head || 'empty'}): the log is an older copy. Restore the newer log, or run "projection rebuild"`,
      );
    }
    await this.projection.requireFollowed?.(this.database.reader as unknown as Kysely<unknown>, row.name, this.store);
    this.#generation = row.generation;
    this.#set({ state: 'running', problem: null });
    this.#seen(row.position);
    return row.position;
  }

  /** Projects a batch. If one event cannot be projected, projects all before it, and stops there. */
  async #projectOrStop(batch: Batch): Promise<void> {
    try {
      await this.#project(batch);
    } catch (error) {
      if (!(error instanceof Unprojectable)) throw error;
      const { position } = error.event;
      const good = batch.events.filter((event) => event.position < position);
      const last = good.at(-1);
      if (last !== undefined) await this.#projectOrStop({ events: good, upTo: last.position });
      // If several events fail, the first in the log was not necessarily the first to be met.
      if (!this.#isFaulted()) await this.#standStill(error);
    }
  }

  async #standStill(error: Unprojectable): Promise<void> {
    const { stream, revision, type, position } = error.event;
    this.log.error(
      { projection: this.projection.name, stream, revision, type, position, err: error },
      'projection stopped at an event that it cannot project',
    );
    await this.database.writer
      .updateTable('projections')
      .set({ fault: error.message })
      .where('name', '=', this.projection.name)
      .where('generation', '=', this.#generation)
      .execute();
    this.#set({ state: 'faulted', problem: error.message });
    for (const waiter of this.#waiting) waiter.settle(false);
  }

  /**
   * With a database of its own, writes lost in a power failure are replayed at the next start. But a shared database
   * may lose its last moments and be back while this process goes on, and readers must still see what they were told
   * they can see.
   */
  get #durability(): Durability {
    return this.lease === null ? 'relaxed' : 'durable';
  }

  async #project({ events, upTo }: Batch): Promise<void> {
    const from = this.#status.position;
    await this.database.transaction(this.#durability, async (tx) => {
      // First, because a projector that was fenced off does not judge events: its successor may know them.
      await this.#moveCheckpoint(tx, from, upTo);
      await apply(this.projection, tx, this.projection.name, events);
    });
    this.#seen(upTo);
  }

  /** Readers can see everything up to here, no matter which process projected it. */
  #seen(position: Position): void {
    this.#set({ position });
    for (const tell of this.#watching) tell();
    for (const waiter of this.#waiting) if (waiter.position <= position) waiter.settle(true);
  }

  async #moveCheckpoint(tx: Kysely<ProjectionTables>, from: Position, to: Position): Promise<void> {
    const parameters = [to, null, this.projection.name, this.#generation, from, ...this.#fence];
    const { numAffectedRows } = await tx.executeQuery({ ...this.#moving, parameters });
    if (numAffectedRows === 0n) throw new Fenced();
  }

  async #row(name = this.projection.name): Promise<ProjectionTables['projections'] | undefined> {
    return this.database.reader.selectFrom('projections').selectAll().where('name', '=', name).executeTakeFirst();
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  #isFaulted(): boolean {
    return this.#status.state === 'faulted';
  }

  #set(change: Partial<ProjectorStatus>): void {
    this.#status = { ...this.#status, ...change };
  }
}
