import { LRUCache } from 'lru-cache';
import { Turns } from './turns';

/** The most exports whose lengths are remembered. */
const KNOWN = 100;
/** So many are measured at once: each keeps a processor busy, and a process has one for all that it does. */
const AT_ONCE = 2;
/** So many more may wait for their turn. */
const MAXIMUM_WAITING = 30;

/** A length that is found out, or being found out. */
interface Finding {
  readonly length: Promise<number>;
  /** Ends it when nobody waits any more. */
  readonly unwanted: AbortController;
  waiting: number;
}

/**
 * How long exports are, in bytes. An export is made once for that, for all who ask, and for as long as one of them waits.
 */
export class ExportLengths {
  /** By entity tag. */
  readonly #findings = new LRUCache<string, Finding>({ max: KNOWN });
  readonly #turns = new Turns(AT_ONCE, MAXIMUM_WAITING);

  /**
   * @param measure finds it out until `unwanted` ends; where that fails, it is tried anew for the next who asks.
   * @param over ends when whoever asks waits no more.
   * @throws TooManyWaiting, or why `over` has ended
   */
  async of(tag: string, measure: (unwanted: AbortSignal) => Promise<number>, over: AbortSignal): Promise<number> {
    over.throwIfAborted();
    const finding = this.#findings.get(tag) ?? this.#begun(tag, measure);
    finding.waiting += 1;
    const left = Promise.withResolvers<never>();
    const leave = (): void => left.reject(over.reason as Error);
    over.addEventListener('abort', leave);
    try {
      return await Promise.race([finding.length, left.promise]);
    } catch (error) {
      // Whoever asks next begins anew, and does not wait for what is just being given up.
      if (over.aborted && finding.waiting === 1) this.#forget(tag, finding);
      throw error;
    } finally {
      over.removeEventListener('abort', leave);
      finding.waiting -= 1;
    }
  }

  #begun(tag: string, measure: (unwanted: AbortSignal) => Promise<number>): Finding {
    const unwanted = new AbortController();
    const length = this.#turns.inTurn(() => measure(unwanted.signal), unwanted.signal);
    const finding = { length, unwanted, waiting: 0 };
    this.#findings.set(tag, finding);
    length.catch(() => this.#forget(tag, finding));
    return finding;
  }

  #forget(tag: string, finding: Finding): void {
    finding.unwanted.abort();
    if (this.#findings.peek(tag) === finding) this.#findings.delete(tag);
  }
}
