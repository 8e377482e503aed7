import type { ServerResponse } from 'node:http';

/** The size of a buffer: enough for a hundred answers, or for their log lines. */
export const PIECE = 128 * 2 ** 10;
/** The most unused buffers that are kept. */
const KEPT = 8;

/** A pool of buffers. Allocating new memory each time takes longer than filling it, and makes V8 collect more often. */
export class MemoryUsedAgain {
  readonly #free: Buffer[] = [];

  /** @returns a buffer of at least this many bytes, with arbitrary content. */
  take(length: number): Buffer {
    if (length > PIECE) return Buffer.allocUnsafe(length);
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(PIECE);
  }

  /** @param bytes a buffer that was taken, and that nobody reads or writes any longer. */
  giveBack(bytes: Buffer): void {
    if (bytes.length === PIECE && this.#free.length < KEPT) this.#free.push(bytes);
  }

  /** Takes a buffer for a response: given back once that was sent, or will never be. */
  takeFor(response: ServerResponse, length: number): Buffer {
    const bytes = this.take(length);
    response.once('close', () => this.giveBack(bytes));
    return bytes;
  }
}
