import { setTimeout as delay } from 'node:timers/promises';

/** Does a piece of work again and again until it is stopped, and after faults less and less often. */
export class Rounds {
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #problem: string | null = null;

  /**
   * @param every how long to wait between rounds, in milliseconds; doubled with each fault in a row, up to `longest`.
   * @param onFault is told of the first of several faults that are the same.
   */
  constructor(
    private readonly every: number,
    private readonly longest: number,
    private readonly work: (stopping: AbortSignal) => Promise<void>,
    private readonly onFault: (error: unknown) => void,
  ) {}

  /** Why the last round failed; null when it did not. */
  get problem(): string | null {
    return this.#problem;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let wait = this.every;
    while (!this.#isStopping()) {
      try {
        await this.work(signal);
        this.#problem = null;
        wait = this.every;
      } catch (error) {
        if (this.#isStopping()) return;
        const problem = error instanceof Error ? error.message : String(error);
        if (problem !== this.#problem) this.onFault(error);
        this.#problem = problem;
        wait = Math.min(wait * 2, this.longest);
      }
      await delay(wait, undefined, { signal }).catch(() => undefined);
    }
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }
}
