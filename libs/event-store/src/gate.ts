import { StoreUnavailable } from './event-store';

/** How much work a store accepts at once. */
export interface GateSettings {
  /** The most appends under way. */
  readonly maximumInFlight: number;
  /** The most appends waiting; further ones are refused. */
  readonly maximumWaiting: number;
  /** The longest an append may have waited when its turn comes, in milliseconds. */
  readonly giveUpAfter: number;
}

/** The most that may be under way, and the most that may wait, in bytes of events. */
const MAXIMUM_IN_FLIGHT_BYTES = 16 * 1_048_576;
const MAXIMUM_WAITING_BYTES = 64 * 1_048_576;

interface Waiter {
  readonly bytes: number;
  readonly since: number;
  readonly enter: () => void;
  readonly refuse: (error: StoreUnavailable) => void;
}

/** Limits the appends that are under way, in order of arrival, and those that wait: they must not fill the memory. */
export class Gate {
  readonly #waiting: Waiter[] = [];
  #waitingBytes = 0;
  #inFlight = 0;
  #inFlightBytes = 0;
  #whenIdle: (() => void) | undefined;

  constructor(private readonly settings: GateSettings) {}

  /**
   * @returns undefined if there is room, otherwise a promise for it. @throws StoreUnavailable when too much waits, or
   * this has waited too long.
   */
  enter(bytes: number): Promise<void> | undefined {
    if (this.#waiting.length === 0 && this.#hasRoomFor(bytes)) {
      this.#count(1, bytes);
      return undefined;
    }
    if (this.#waiting.length >= this.settings.maximumWaiting || this.#waitingBytes + bytes > MAXIMUM_WAITING_BYTES) {
      throw tooSlow(`${this.#waiting.length} appends wait already`);
    }
    this.#waitingBytes += bytes;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes, since: performance.now(), enter: resolve, refuse: reject });
    });
  }

  leave(bytes: number): void {
    this.#count(-1, -bytes);
    for (let next = this.#waiting[0]; next !== undefined && this.#hasRoomFor(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#waitingBytes -= next.bytes;
      if (performance.now() - next.since > this.settings.giveUpAfter) {
        next.refuse(tooSlow(`an append waited its turn for more than ${this.settings.giveUpAfter} ms`));
        continue;
      }
      this.#count(1, next.bytes);
      next.enter();
    }
    if (this.#inFlight === 0) this.#whenIdle?.();
  }

  /** Settles once nothing is under way. */
  async idle(): Promise<void> {
    if (this.#inFlight > 0) await new Promise<void>((resolve) => (this.#whenIdle = resolve));
  }

  #hasRoomFor(bytes: number): boolean {
    if (this.#inFlight === 0) return true;
    return this.#inFlight < this.settings.maximumInFlight && this.#inFlightBytes + bytes <= MAXIMUM_IN_FLIGHT_BYTES;
  }

  #count(appends: number, bytes: number): void {
    this.#inFlight += appends;
    this.#inFlightBytes += bytes;
  }
}

const tooSlow = (what: string): StoreUnavailable =>
  new StoreUnavailable(`The event store is slower than what is asked of it: ${what}; nothing was written.`);
