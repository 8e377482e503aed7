import { StoreUnavailable } from './event-store';

/** How much a store takes upon itself at once. */
export interface GateSettings {
  /** Appends that are under way. */
  readonly maximumInFlight: number;
  /** Appends that wait for their turn; one more is refused. */
  readonly maximumWaiting: number;
  /** How long one may have waited when its turn comes, in milliseconds. */
  readonly giveUpAfter: number;
}

/** What else may be under way, and what may wait, in bytes of events. */
const MAXIMUM_IN_FLIGHT_BYTES = 16 * 1_048_576;
const MAXIMUM_WAITING_BYTES = 64 * 1_048_576;

interface Waiter {
  readonly bytes: number;
  readonly since: number;
  readonly enter: () => void;
  readonly refuse: (error: StoreUnavailable) => void;
}

/** Lets so many appends be under way at once, in the order in which they came, and so many wait: a store that has become slow must not fill the memory. */
export class Gate {
  readonly #waiting: Waiter[] = [];
  #waitingBytes = 0;
  #inFlight = 0;
  #inFlightBytes = 0;
  #whenIdle: (() => void) | undefined;

  constructor(private readonly settings: GateSettings) {}

  /** @returns a promise only where there is no room yet. @throws StoreUnavailable when too much waits, or waited too long. */
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
