import { LRUCache } from 'lru-cache';

/**
 * For how long what was read may be used without reading it again, in milliseconds. A change by this process counts at
 * once; one by another process after this long at most.
 */
const REMEMBERED = 500;

/** Rows by a key, read from the database now and then. That there are none is read every time. */
export class RememberedRows<Row extends object> {
  readonly #rows = new LRUCache<string, readonly Row[]>({ max: 10_000, ttl: REMEMBERED });
  /** Counts the changes by this process: what was read before one of them may be outdated when it arrives. */
  #changes = 0;

  /** @param read reads the rows of a key. */
  constructor(private readonly read: (key: string) => Promise<readonly Row[]>) {}

  async get(key: string): Promise<readonly Row[]> {
    const remembered = this.#rows.get(key);
    if (remembered) return remembered;
    const [changes, start] = [this.#changes, performance.now()];
    const rows = await this.read(key);
    if (rows.length > 0 && changes === this.#changes) this.#rows.set(key, rows, { start });
    return rows;
  }

  /** To be called after each change by this process. @param key whose rows changed; perhaps all of them, without. */
  forget(key?: string): void {
    this.#changes += 1;
    if (key === undefined) this.#rows.clear();
    else this.#rows.delete(key);
  }
}
