import { setTimeout as delay } from 'node:timers/promises';

/** How long a part may take to answer, in milliseconds; those who ask are impatient as well. */
const PATIENCE = 1_000;

/** Why a part cannot be used; the message names it, in one line. */
export class PartDown extends Error {}

/**
 * Asks a part of the service whether it is available. Concurrent callers share one question, and none waits long for
 * its answer: a part that hangs counts as unavailable.
 */
export class Probe<T> {
  #asking: Promise<T> | null = null;
  /** The error of the last failure; null once it has answered. */
  #problem: string | null = null;

  /**
   * @param place where the part is, safe to show to anybody.
   * @param question asks the part, and may take long.
   */
  constructor(
    private readonly place: string,
    private readonly question: () => Promise<T>,
  ) {}

  /** @throws PartDown, before long. */
  async ask(): Promise<T> {
    const patience = new AbortController();
    const late = delay(PATIENCE, undefined, { signal: patience.signal }).then(() => {
      throw new Error(`it has not answered for ${PATIENCE} ms${this.#problem === null ? '' : `; ${this.#problem}`}`);
    });
    try {
      return await Promise.race([this.#answer(), late]);
    } catch (error) {
      throw new PartDown(`${this.place}: ${messageOf(error)}`, { cause: error });
    } finally {
      late.catch(() => undefined);
      patience.abort();
    }
  }

  #answer(): Promise<T> {
    return (this.#asking ??= this.question()
      .then(
        (answer) => {
          this.#problem = null;
          return answer;
        },
        (error: unknown) => {
          this.#problem = messageOf(error);
          throw error;
        },
      )
      .finally(() => (this.#asking = null)));
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
