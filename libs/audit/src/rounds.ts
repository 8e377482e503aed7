import { setTimeout as delay } from 'node:timers/promises';

/** Repeats a piece of work until it is stopped, less and less often after faults. */
export class Rounds {
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #problem: string | null = null;

  /**
   * @param every the pause between rounds, in milliseconds; doubled with each fault in a row, up to `longest`.
   * @param onFault is called for the first of several identical faults.
   */
  constructor(
    private readonly every: number,
    private readonly longest: number,
    private readonly work: (stopping: AbortSignal) => Promise<void>,
    private readonly onFault: (error: unknown) => void,
  ) {}

  /** Why the last round failed; null when it succeeded. */
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
