/** The queue is full, and no source has more waiting than the one that this work came from. */
export class QueueFull extends Error {}

interface Place {
  readonly take: () => void;
  readonly lose: (why: QueueFull) => void;
}

/**
 * Runs a limited number of tasks at once, while others wait. Sources take turns, and when the queue is full the source
 * with the most waiting loses its newest place: one that sends many delays others no longer than one that sends two.
 */
export class FairQueue {
  #working = 0;
  #length = 0;
  /** The waiting tasks by source. The source at the front is served next, and no line is empty. */
  readonly #lines = new Map<string, Place[]>();

  /**
   * @param atOnce how many tasks run at once.
   * @param longest how many more may wait.
   */
  constructor(
    private readonly atOnce: number,
    private readonly longest: number,
  ) {}

  /**
   * @param unwanted gives up the place of a task that waits; a task that runs has to end by itself.
   * @throws QueueFull or the reason of `unwanted`, before any work; and whatever `work` throws.
   */
  async run<T>(source: string, work: () => Promise<T>, unwanted?: AbortSignal): Promise<T> {
    if (this.#working < this.atOnce) this.#working += 1;
    else await this.#wait(source, unwanted);
    try {
      return await work();
    } finally {
      this.#handOn();
    }
  }

  /** @throws QueueFull, or the reason of `unwanted`. */
  async #wait(source: string, unwanted: AbortSignal | undefined): Promise<void> {
    const line = this.#lines.get(source) ?? [];
    if (this.#length >= this.longest) this.#makeRoom(line.length + 1);
    this.#lines.set(source, line);
    this.#length += 1;
    const { promise, resolve, reject: lose } = Promise.withResolvers<null>();
    const place = { take: () => resolve(null), lose };
    line.push(place);
    const leave = (): void => {
      this.#remove(source, line, place);
      lose(unwanted?.reason as Error);
    };
    unwanted?.addEventListener('abort', leave);
    try {
      await promise;
    } finally {
      unwanted?.removeEventListener('abort', leave);
    }
  }

  /**
   * @param wanted how many places the newcomer's source would have.
   * @throws QueueFull if no source has more.
   */
  #makeRoom(wanted: number): void {
    let [most, longest]: [string, Place[]] = ['', []];
    for (const [source, line] of this.#lines) if (line.length > longest.length) [most, longest] = [source, line];
    const newest = longest.at(-1);
    if (newest === undefined || longest.length <= wanted) throw new QueueFull();
    this.#remove(most, longest, newest);
    newest.lose(new QueueFull());
  }

  /** Hands a free place over directly, so that no newcomer can take it in between. */
  #handOn(): void {
    const [next] = this.#lines;
    if (next === undefined) {
      this.#working -= 1;
      return;
    }
    const [source, line] = next;
    const first = line[0] as Place;
    this.#lines.delete(source);
    this.#remove(source, line, first);
    if (line.length > 0) this.#lines.set(source, line);
    first.take();
  }

  #remove(source: string, line: Place[], place: Place): void {
    line.splice(line.indexOf(place), 1);
    this.#length -= 1;
    if (line.length === 0) this.#lines.delete(source);
  }
}
