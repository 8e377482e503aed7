import { type ByteText, bytesOf, lengthOf } from './byte-text';
import { MemoryUsedAgain } from './memory-used-again';

/**
 * Writes what comes in one turn of the event loop at its end, in one piece: a write costs a tenth of a share check,
 * however short it is.
 */
export class LinesOfATurn {
  readonly #memory = new MemoryUsedAgain();
  #lines: ByteText[] = [];
  #writing: Promise<void> | null = null;

  /** @param put writes what it is given, and is done when it returns. */
  constructor(private readonly put: (bytes: Uint8Array) => void) {}

  /** @returns once they are written. Rejects with what `put` throws; some of them may be there all the same. */
  write(lines: readonly ByteText[]): Promise<void> {
    this.#lines.push(...lines);
    return (this.#writing ??= new Promise((resolve, reject) => {
      // Which comes after everything that is ready to go on by now.
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
