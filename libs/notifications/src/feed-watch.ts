import type { Position } from '@connections/event-store/event-store';
import type { Feed } from './feed';

/** How far a feed's table is, and when it gets further. */
export interface Progress {
  readonly position: Position;
  /** Resolves once the table is beyond a position. Rejects when the signal is given. */
  movedBeyond(position: Position, signal: AbortSignal): Promise<Position>;
}

interface Waiter {
  readonly viewer: string | null;
  readonly wake: () => void;
}

/**
 * Wakes those who wait for their feeds to go on. One look at the table serves all who wait in a process, however many
 * they are, and only those whose feed has something new are woken.
 */
export class FeedWatch {
  readonly #waiters = new Set<Waiter>();
  readonly #stopping = new AbortController();
  #watching: Promise<void> | undefined;

  constructor(
    private readonly feed: Pick<Feed, 'changedBetween'>,
    private readonly progress: Progress,
  ) {}

  /** Up to here everything can be read. */
  get position(): Position {
    return this.progress.position;
  }

  /**
   * Calls back whenever a feed may have something new, until what it returns is called.
   * @param viewer an organization; null for everything there is.
   */
  onNews(viewer: string | null, wake: () => void): () => void {
    const waiter = { viewer, wake };
    this.#waiters.add(waiter);
    this.#watching ??= this.#watch();
    return () => void this.#waiters.delete(waiter);
  }

  /** Wakes everybody for the last time. */
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
      // Whoever cannot be told apart from those with news looks for itself, and is told there what is wrong.
      const changed = await this.feed.changedBetween(seen, position).catch(() => null);
      seen = position;
      for (const { viewer, wake } of this.#waiters) if (changed === null || isAmong(changed, viewer)) wake();
    }
    for (const { wake } of this.#waiters) wake();
  }
}

const isAmong = (changed: ReadonlySet<string>, viewer: string | null): boolean =>
  viewer === null ? changed.size > 0 : changed.has(viewer);
