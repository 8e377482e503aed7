import { LRUCache } from 'lru-cache';

/** Decides when a use has to be recorded, so that not every use is a write. */
export class LastSeen {
  /** When this process last recorded a use, or is about to: in milliseconds since 1970. */
  readonly #written = new LRUCache<string, number>({ max: 10_000 });

  /** @param every in milliseconds. */
  constructor(private readonly every: number) {}

  /** Whether a use has to be recorded now; if so, the caller records it. @param stored ISO-8601 UTC, or null. */
  isDue(key: string, stored: string | null, now: number): boolean {
    const last = Math.max(this.#written.get(key) ?? 0, stored === null ? 0 : Date.parse(stored));
    if (now - last < this.every) return false;
    this.#written.set(key, now);
    return true;
  }

  /** To be called when recording has failed. */
  forget(key: string): void {
    this.#written.delete(key);
  }
}
