import { type ByteText, bytesOf } from './byte-text';

/**
 * Writes what comes in one turn of the event loop at its end, in one piece: a write costs a tenth of a share check,
 * however short it is.
 */
export class LinesOfATurn {
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
        const bytes = bytesOf(this.#lines);
        this.#lines = [];
        this.#writing = null;
        try {
          this.put(bytes);
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    }));
  }
}
