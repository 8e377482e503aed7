import { LRUCache } from 'lru-cache';

/** Decides when it is time again to write down that something was used, so that not every use is a write. */
export class LastSeen {
  /** What this process is about to write, or wrote a moment ago: in milliseconds since 1970. */
  readonly #written = new LRUCache<string, number>({ max: 10_000 });

  /** @param every in milliseconds. */
  constructor(private readonly every: number) {}

  /** Whether a use is to be written down now. Whoever is told so writes it. @param stored ISO-8601 UTC, or null. */
  isDue(key: string, stored: string | null, now: number): boolean {
    const last = Math.max(this.#written.get(key) ?? 0, stored === null ? 0 : Date.parse(stored));
    if (now - last < this.every) return false;
    this.#written.set(key, now);
    return true;
  }

  /** It could not be written. */
  forget(key: string): void {
    this.#written.delete(key);
  }
}
