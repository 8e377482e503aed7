import { type EventStore, type Position, START } from './event-store';

/** The most changes that are remembered, and the most that one look reads, before starting afresh is cheaper. */
const WINDOW = 10_000;
const LOOKED_AT = 1_000;

/** Something remembered of a stream: its revision, and since when that is known. */
export interface Known {
  readonly revision: number;
  /** How many looks at the log had ended before this was read or written. */
  readonly knownAt: number;
}

/**
 * Proves that what is remembered of streams is still current. One question to the log serves any number of streams:
 * which of them were appended to since the last look?
 */
export class Currency {
  /** The latest known revision of each stream that changed within the window. */
  #changed = new Map<string, number>();
  /** The number of looks that have ended, and the one that began the window: changes before that are unknown. */
  #looks = 0;
  #begun = 0;
  #version = 0;
  #upTo: Position = START;
  #looking: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  constructor(private readonly store: EventStore) {}

  /**
   * Looks at the log once more. A look that began before a call proves nothing to that caller, so all calls made while
   * one is under way share the next, and so do all calls of one turn of the event loop. If the look under way fails,
   * the waiting calls fail with it: a failure never misleads, and they have already waited for the log.
   * @param atOnce if no look is under way, starts one now and not at the end of the turn. For a caller that asks so
   * much that sharing saves little, and so that many large questions are not held in memory together.
   */
  refresh(atOnce = false): Promise<void> {
    return (this.#next ??= this.#lookNext(atOnce));
  }

  async #lookNext(atOnce: boolean): Promise<void> {
    try {
      // Always awaits something: nothing must be cleared before `refresh` has stored this promise.
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

  /**
   * How many looks have ended. Looks are counted because positions are no measure of time: a restored older copy of the
   * log uses the same ones again.
   */
  get now(): number {
    return this.#looks;
  }

  /** Unchanged as long as no look finds a new append: whatever held for the log at this version still holds. */
  get version(): number {
    return this.#version;
  }

  /** Whether this was still true at the last look. */
  holds(stream: string, { revision, knownAt }: Known): boolean {
    return knownAt >= this.#begun && (this.#changed.get(stream) ?? -1) <= revision;
  }

  async #look(): Promise<void> {
    // The first look only finds out where the log ends.
    const limit = this.#upTo === START ? 0 : LOOKED_AT;
    const { revisions, upTo, complete } = await this.store.changes(this.#upTo, limit);
    this.#looks += 1;
    if (!complete || revisions.length > 0) this.#version += 1;
    if (complete && this.#changed.size + revisions.length <= WINDOW) {
      for (const { stream, revision } of revisions) this.#changed.set(stream, revision);
    } else {
      // Everything remembered so far has to be read again.
      this.#changed = new Map();
      this.#begun = this.#looks;
    }
    this.#upTo = upTo;
  }
}

/** Cheaper than the one in node:timers/promises, and called in every turn. */
const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
