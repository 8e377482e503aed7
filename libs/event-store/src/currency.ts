import { type EventStore, type Position, START } from './event-store';

/** So many changes are kept in mind, and so many are looked at in one go, before it is cheaper to begin anew. */
const WINDOW = 10_000;
const LOOKED_AT = 1_000;

/** Something remembered of a stream: what it was at a revision, and since when that is known. */
export interface Known {
  readonly revision: number;
  /** How many looks at the log were over before this was read or written. */
  readonly knownAt: number;
}

/**
 * Proves that what is remembered of streams is what the log says now, by one question to the log for any number of
 * streams: which were appended to since it was asked last?
 */
export class Currency {
  /** Where streams that changed within the window are. */
  #changed = new Map<string, number>();
  /** The looks that are over, and the one that began the window: nothing is known of changes before it. */
  #looks = 0;
  #begun = 0;
  #version = 0;
  #upTo: Position = START;
  #looking: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  constructor(private readonly store: EventStore) {}

  /**
   * Looks at the log once more. A look that began before the caller came proves nothing to it, so whoever comes while
   * one is under way shares the next one, and so do all who come in one turn of the event loop. Where the one under
   * way fails, they fail with it: to be told nothing is never wrong, and they have waited for the log already.
   * @param atOnce where no look is under way, not at the end of the turn: for who asks so much that sharing saves
   * little, and that what all of them asked should not be there at the same time.
   */
  refresh(atOnce = false): Promise<void> {
    return (this.#next ??= this.#lookNext(atOnce));
  }

  async #lookNext(atOnce: boolean): Promise<void> {
    try {
      // Something is awaited in any case: until `refresh` has kept this promise, there is nothing to let go of.
      await (this.#looking ?? (atOnce ? Promise.resolve() : endOfTurn()));
    } finally {
      this.#next = null;
    }
    this.#looking = this.#look();
    try {
      await this.#looking;
    } finally {
      this.#looking = null;
    }
  }

  /** How many looks are over. They are counted, since an older copy of the log has the same places again. */
  get now(): number {
    return this.#looks;
  }

  /** The same as long as no look finds that anything was appended to the log: then whatever was true of it is true. */
  get version(): number {
    return this.#version;
  }

  /** Whether this was true when `refresh` looked last. */
  holds(stream: string, { revision, knownAt }: Known): boolean {
    return knownAt >= this.#begun && (this.#changed.get(stream) ?? -1) <= revision;
  }

  async #look(): Promise<void> {
    // The first look only finds out where the log is.
    const limit = this.#upTo === START ? 0 : LOOKED_AT;
    const { revisions, upTo, complete } = await this.store.changes(this.#upTo, limit);
    this.#looks += 1;
    if (!complete || revisions.length > 0) this.#version += 1;
    if (complete && this.#changed.size + revisions.length <= WINDOW) {
      for (const { stream, revision } of revisions) this.#changed.set(stream, revision);
    } else {
      // Everything remembered until now has to be read again.
      this.#changed = new Map();
      this.#begun = this.#looks;
    }
    this.#upTo = upTo;
  }
}

/** Cheaper than the one of node:timers/promises, and asked for at every turn. */
const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
