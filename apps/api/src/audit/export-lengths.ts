import { LRUCache } from 'lru-cache';

/** The most exports whose lengths are remembered. */
const KNOWN = 100;

/**
 * The lengths of exports, in bytes. Each export is measured once for all who ask, including a client that gave up
 * waiting and asks again.
 */
export class ExportLengths {
  /** Known lengths, and those being measured, by entity tag. */
  readonly #lengths = new LRUCache<string, Promise<number>>({ max: KNOWN });

  /** @param measure finds the length; if it fails, it is called again for the next caller. */
  of(tag: string, measure: () => Promise<number>): Promise<number> {
    const known = this.#lengths.get(tag);
    if (known !== undefined) return known;
    const length = measure();
    this.#lengths.set(tag, length);
    length.catch(() => this.#lengths.delete(tag));
    return length;
  }
}
