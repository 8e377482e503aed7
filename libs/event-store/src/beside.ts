import { type Appended, Overtaken, WrongExpectedRevision } from './event-store';

/** Something stored beside the log that events refer to. */
export interface Beside {
  /** Makes it durable. Called once it is decided that such events will be appended, and before they are. */
  keep(): Promise<void>;
  /** Removes it. Called only when it is certain that no event refers to it. */
  discard(): Promise<void>;
}

/**
 * The appends of one command, together with what it stores beside the log: kept before the events are appended, and
 * discarded if none were.
 */
export class AppendsBeside {
  #isKept = false;
  #isNeeded = false;

  constructor(private readonly beside: Beside) {}

  async append(append: () => Promise<Appended>): Promise<Appended> {
    if (!this.#isKept) await this.beside.keep();
    this.#isKept = true;
    this.#isNeeded = true;
    try {
      return await append();
    } catch (error) {
      // After any other error, the events may have been written.
      this.#isNeeded = !(error instanceof WrongExpectedRevision || error instanceof Overtaken);
      throw error;
    }
  }

  /** To be called once nothing more is appended. What cannot be removed now does no harm. */
  async settle(): Promise<void> {
    if (this.#isKept && !this.#isNeeded) await this.beside.discard().catch(() => undefined);
  }
}
