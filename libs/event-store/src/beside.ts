import { type Appended, Overtaken, WrongExpectedRevision } from './event-store';

/** Something that lies beside the log, and that events refer to. */
export interface Beside {
  /** Makes it durable, once it was decided that there will be such events, and before they are appended. */
  keep(): Promise<void>;
  /** Takes it away again, where it is certain that no event refers to it after all. */
  discard(): Promise<void>;
}

/** One command's appends, with what lies beside the log: there before the events are, and gone where none came. */
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
      // Whatever else went wrong, the events may have been written.
      this.#isNeeded = !(error instanceof WrongExpectedRevision || error instanceof Overtaken);
      throw error;
    }
  }

  /** To be called once nothing more is appended. What cannot be taken away now lies there in nobody's way. */
  async settle(): Promise<void> {
    if (this.#isKept && !this.#isNeeded) await this.beside.discard().catch(() => undefined);
  }
}
