/** More wait than can be served in good time, and nobody has more waiting than whoever came with this. */
export class QueueFull extends Error {}

interface Place {
  readonly take: () => void;
  readonly lose: (why: QueueFull) => void;
}

/**
 * Lets a few work at once, while others wait. Sources take turns, and in a full queue whichever has the most waiting
 * loses its newest place: a source that sends many keeps others waiting no longer than one that sends two.
 */
export class FairQueue {
  #working = 0;
  #length = 0;
  /** Who waits, by source: the source that is served next is the first, and no line is empty. */
  readonly #lines = new Map<string, Place[]>();

  /**
   * @param atOnce how many work at once.
   * @param longest how many more may wait.
   */
  constructor(
    private readonly atOnce: number,
    private readonly longest: number,
  ) {}

  /** @throws QueueFull, before any work; and whatever `work` throws. */
  async run<T>(source: string, work: () => Promise<T>): Promise<T> {
    if (this.#working < this.atOnce) this.#working += 1;
    else await this.#wait(source);
    try {
      return await work();
    } finally {
      this.#handOn();
    }
  }

  /** @throws QueueFull */
  #wait(source: string): Promise<void> {
    const line = this.#lines.get(source) ?? [];
    if (this.#length >= this.longest) this.#makeRoom(line.length + 1);
    this.#lines.set(source, line);
    this.#length += 1;
    return new Promise((take, lose) => line.push({ take, lose }));
  }

  /**
   * @param wanted how many places the one who comes would have.
   * @throws QueueFull where nobody has more.
   */
  #makeRoom(wanted: number): void {
    let longest: Place[] = [];
    for (const line of this.#lines.values()) if (line.length > longest.length) longest = line;
    if (longest.length <= wanted) throw new QueueFull();
    this.#length -= 1;
    longest.pop()?.lose(new QueueFull());
  }

  /** Whoever is done hands its place on, so that nobody who comes in between takes it. */
  #handOn(): void {
    const [next] = this.#lines;
    if (next === undefined) {
      this.#working -= 1;
      return;
    }
    const [source, line] = next;
    this.#lines.delete(source);
    this.#length -= 1;
    line.shift()?.take();
    if (line.length > 0) this.#lines.set(source, line);
  }
}
