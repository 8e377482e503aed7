import { LRUCache } from 'lru-cache';

/** So many exports are known by their length. */
const KNOWN = 100;

/**
 * How long exports are, in bytes. An export is made once for that, for all who ask, among them one who has lost patience
 * meanwhile and asks again.
 */
export class ExportLengths {
  /** Found out, or being found out, by entity tag. */
  readonly #lengths = new LRUCache<string, Promise<number>>({ max: KNOWN });

  /** @param measure finds it out; where that fails, it is tried anew for the next who asks. */
  of(tag: string, measure: () => Promise<number>): Promise<number> {
    const known = this.#lengths.get(tag);
    if (known !== undefined) return known;
    const length = measure();
    this.#lengths.set(tag, length);
    length.catch(() => this.#lengths.delete(tag));
    return length;
  }
}
