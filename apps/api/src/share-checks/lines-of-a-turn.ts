import { type ByteText, bytesOf, lengthOf } from './byte-text';
import { MemoryUsedAgain } from './memory-used-again';

/**
 * Writes the lines of one turn of the event loop at its end, all at once: a write, however short, costs a tenth of a
 * share check.
 */
export class LinesOfATurn {
  readonly #memory = new MemoryUsedAgain();
  #lines: ByteText[] = [];
  #writing: Promise<void> | null = null;

  /** @param put writes synchronously. */
  constructor(private readonly put: (bytes: Uint8Array) => void) {}

  /**
   * @returns once the lines are written. Rejects with the error of `put`; some of them may have been written all the
   * same.
   */
  write(lines: readonly ByteText[]): Promise<void> {
    this.#lines.push(...lines);
    return (this.#writing ??= new Promise((resolve, reject) => {
      // Runs after everything that is ready to continue by now.
      process.nextTick(() => {
        const memory = this.#memory.take(lengthOf(this.#lines));
        const bytes = bytesOf(this.#lines, memory);
        this.#lines = [];
        this.#writing = null;
        try {
          this.put(bytes);
          resolve();
        } catch (error) {
          reject(error);
        } finally {
          this.#memory.giveBack(memory);
        }
      });
    }));
  }
}
