/** There are more who wait for their turn already than there may be. */
export class TooManyWaiting extends Error {}

/** Lets so much work be done at once, in the order in which it came. */
export class Turns {
  #working = 0;
  readonly #waiting = new Set<() => void>();

  constructor(
    private readonly atOnce: number,
    private readonly mostWaiting: number,
  ) {}

  /**
   * @param unwanted takes whoever waits out of the line; it is up to the work to end with it.
   * @throws TooManyWaiting, or why nobody wants it any more.
   */
  async inTurn<T>(work: () => Promise<T>, unwanted: AbortSignal): Promise<T> {
    if (this.#working < this.atOnce) this.#working += 1;
    else await this.#wait(unwanted);
    try {
      return await work();
    } finally {
      // Whoever is done hands its place on, so that nobody who comes in between takes it.
      const [next] = this.#waiting;
      if (next) next();
      else this.#working -= 1;
    }
  }

  #wait(unwanted: AbortSignal): Promise<void> {
    if (this.#waiting.size >= this.mostWaiting) throw new TooManyWaiting();
    return new Promise((resolve, reject) => {
      const over = (): void => {
        this.#waiting.delete(enter);
        unwanted.removeEventListener('abort', leave);
      };
      const enter = (): void => {
        over();
        resolve();
      };
      const leave = (): void => {
        over();
        reject(unwanted.reason as Error);
      };
      this.#waiting.add(enter);
      unwanted.addEventListener('abort', leave);
    });
  }
}
