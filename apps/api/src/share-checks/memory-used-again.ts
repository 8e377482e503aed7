import type { ServerResponse } from 'node:http';

/** As much as a hundred answers take, or the lines of the log about them, with something to spare. */
export const PIECE = 128 * 2 ** 10;
/** Pieces that are kept while nobody needs them. */
const KEPT = 8;

/**
 * Memory that is used again and again. To ask for as much anew each time takes longer than writing all of it, and makes
 * V8 collect more often.
 */
export class MemoryUsedAgain {
  readonly #free: Buffer[] = [];

  /** @returns at least so many bytes, which hold what they held before. */
  take(length: number): Buffer {
    if (length > PIECE) return Buffer.allocUnsafe(length);
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(PIECE);
  }

  /** @param bytes that were taken, and are neither read nor written by anybody any more. */
  giveBack(bytes: Buffer): void {
    if (bytes.length === PIECE && this.#free.length < KEPT) this.#free.push(bytes);
  }

  /** The same for what is answered: given back when all of it was sent, or will never be. */
  takeFor(response: ServerResponse, length: number): Buffer {
    const bytes = this.take(length);
    response.once('close', () => this.giveBack(bytes));
    return bytes;
  }
}
