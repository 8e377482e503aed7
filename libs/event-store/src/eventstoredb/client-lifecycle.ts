import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { StoreClosed } from '../event-store';
import type { Connection } from './connection';
import { type Fault, reasonOf, Silence } from './errors';
import type { Settings } from './options';

export type Log = Pick<Logger, 'info' | 'warn'>;

/**
 * Holds the client in use. A client that hung or broke is thrown away with its socket, even if it believes itself
 * healthy, because it may never notice.
 */
export class ClientLifecycle {
  readonly counters = { appendRetries: 0, readRetries: 0, drops: 0, rebuilds: 0 };
  readonly #closing = new AbortController();
  #current: Connection | undefined;

  constructor(
    readonly settings: Settings,
    readonly log: Log | undefined,
    private readonly connect: () => Connection,
  ) {}

  /** Created on first use; connects only for a call. @throws StoreClosed */
  get current(): Connection {
    if (this.isClosed) throw new StoreClosed();
    return (this.#current ??= this.connect());
  }

  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Aborted when the store closes and remaining calls should be cancelled. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** To be told of every failed call. A client that may be at fault is replaced, once. */
  failed(connection: Connection, fault: Fault, error: unknown): void {
    const isToBlame = fault.kind === 'not-sent' || (fault.kind === 'maybe-sent' && fault.broken);
    if (!isToBlame || connection !== this.#current) return;
    // One slow answer says nothing about a connection on which others arrive.
    if (error instanceof Silence && performance.now() - connection.heardAt < error.milliseconds) return;
    this.#current = undefined;
    this.counters.rebuilds += 1;
    this.log?.warn({ reason: reasonOf(error) }, 'event store client is replaced');
    void connection.shut();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#current?.shut();
  }
}

/** The pauses between tries: doubled each time, jittered, and bounded in total. */
export class Patience {
  #next: number;
  #until: number | undefined;

  /** @param began when the first try was made, by `performance.now`; by default, when the first one has failed. */
  constructor(
    private readonly lifecycle: ClientLifecycle,
    began?: number,
  ) {
    const { firstRetry, giveUpAfter } = lifecycle.settings;
    this.#next = firstRetry;
    this.#until = began === undefined ? undefined : began + giveUpAfter;
  }

  /** To be called after a success: the next fault counts as a first one. */
  renew(): void {
    this.#next = this.lifecycle.settings.firstRetry;
    this.#until = undefined;
  }

  /** Waits before another try. @returns false when it is time to give up, or the store is closed. */
  async pause(signal: AbortSignal = this.lifecycle.closing): Promise<boolean> {
    const { giveUpAfter, longestRetry } = this.lifecycle.settings;
    this.#until ??= performance.now() + giveUpAfter;
    const wait = this.#next * (0.5 + Math.random() / 2);
    if (signal.aborted || performance.now() + wait > this.#until) return false;
    this.#next = Math.min(this.#next * 2, longestRetry);
    return delay(wait, true, { signal }).catch(() => false);
  }
}
