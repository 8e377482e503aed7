import type { Position } from '@connections/event-store/event-store';
import type { Feed } from './feed';

/** How far a feed's table has been projected, and a way to wait for more. */
export interface Progress {
  readonly position: Position;
  /** Resolves once the table is beyond a position. Rejects when the signal is aborted. */
  movedBeyond(position: Position, signal: AbortSignal): Promise<Position>;
}

interface Waiter {
  readonly viewer: string | null;
  readonly wake: () => void;
}

/**
 * Wakes those who wait for their feeds to continue. One query serves all who wait in a process, and only those whose
 * feed has something new are woken.
 */
export class FeedWatch {
  readonly #waiters = new Set<Waiter>();
  readonly #stopping = new AbortController();
  #watching: Promise<void> | undefined;

  constructor(
    private readonly feed: Pick<Feed, 'changedBetween'>,
    private readonly progress: Progress,
  ) {}

  /** Everything up to here can be read. */
  get position(): Position {
    return this.progress.position;
  }

  /**
   * Calls back whenever a feed may have something new, until the returned function is called.
   * @param viewer an organization; null for all events.
   */
  onNews(viewer: string | null, wake: () => void): () => void {
    const waiter = { viewer, wake };
    this.#waiters.add(waiter);
    this.#watching ??= this.#watch();
    return () => void this.#waiters.delete(waiter);
  }

  /** Wakes everybody one last time. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stopping;
    let seen = this.progress.position;
    while (!signal.aborted) {
      const position = await this.progress.movedBeyond(seen, signal).catch(() => null);
      if (position === null) break;
      // If the query fails, all are woken: they look for themselves, and find out what is wrong.
      const changed = await this.feed.changedBetween(seen, position).catch(() => null);
      seen = position;
      for (const { viewer, wake } of this.#waiters) if (changed === null || isAmong(changed, viewer)) wake();
    }
    for (const { wake } of this.#waiters) wake();
  }
}

const isAmong = (changed: ReadonlySet<string>, viewer: string | null): boolean =>
  viewer === null ? changed.size > 0 : changed.has(viewer);
