import { LRUCache } from 'lru-cache';
import { FairQueue } from '../http/fair-queue';

/** The most exports whose lengths are remembered. */
const KNOWN = 100;
/** How many are measured at once: each keeps the event loop busy, which everything else needs as well. */
const AT_ONCE = 2;
/** How many more may wait for their turn. */
const MAXIMUM_WAITING = 30;

type Measure = (unwanted: AbortSignal) => Promise<number>;

/** A length that is known, or being measured. */
interface Finding {
  readonly length: Promise<number>;
  /** Ends the measurement when nobody waits for it any more. */
  readonly unwanted: AbortController;
  waiting: number;
}

/** The lengths of exports, in bytes. Each export is measured once for all who ask, while at least one of them waits. */
export class ExportLengths {
  /** By entity tag. */
  readonly #findings = new LRUCache<string, Finding>({ max: KNOWN });
  readonly #queue = new FairQueue(AT_ONCE, MAXIMUM_WAITING);

  /**
   * @param caller the id of the caller: callers take turns.
   * @param measure finds the length, unless the signal is aborted; if it fails, it is called again for the next caller.
   * @param over is aborted when this caller no longer waits.
   * @throws QueueFull, or the reason of `over`.
   */
  async of(tag: string, caller: string, measure: Measure, over: AbortSignal): Promise<number> {
    over.throwIfAborted();
    const finding = this.#findings.get(tag) ?? this.#begun(tag, caller, measure);
    finding.waiting += 1;
    const left = Promise.withResolvers<never>();
    const leave = (): void => left.reject(over.reason as Error);
    over.addEventListener('abort', leave);
    try {
      return await Promise.race([finding.length, left.promise]);
    } catch (error) {
      // The next caller starts a new measurement instead of waiting for one that is being given up.
      if (over.aborted && finding.waiting === 1) this.#forget(tag, finding);
      throw error;
    } finally {
      over.removeEventListener('abort', leave);
      finding.waiting -= 1;
    }
  }

  #begun(tag: string, caller: string, measure: Measure): Finding {
    const unwanted = new AbortController();
    const length = this.#queue.run(caller, () => measure(unwanted.signal), unwanted.signal);
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
