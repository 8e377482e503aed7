/**
 * Writes what comes in one turn of the event loop at its end, in one piece: a write costs a tenth of a share check,
 * however short it is.
 */
export class LinesOfATurn {
  #lines = '';
  #writing: Promise<void> | null = null;

  /** @param put writes a text, and is done when it returns. */
  constructor(private readonly put: (text: string) => void) {}

  /** @returns once they are written. Rejects with what `put` throws. */
  write(lines: string): Promise<void> {
    this.#lines += lines;
    return (this.#writing ??= new Promise((resolve, reject) => {
      // Which comes after everything that is ready to go on by now.
      process.nextTick(() => {
        const text = this.#lines;
        this.#lines = '';
        this.#writing = null;
        try {
          this.put(text);
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    }));
  }
}
