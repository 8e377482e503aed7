import { Readable } from 'node:stream';
import { exportOf, type ExportRequest } from './export';
import type { ExportSources } from './sources';

/** How much waits for a reader that is slow, in bytes. */
const WAITING = 2 ** 20;

/** An export as a stream that is made as fast as it is read. */
export class ExportStream extends Readable {
  /** How many events have been told so far. */
  events = 0;
  readonly #pieces: AsyncGenerator<Buffer>;
  #skipped = 0;

  /** @param from the first byte to give: everything before it is made as well, and not given. */
  constructor(
    request: ExportRequest,
    sources: ExportSources,
    private readonly from = 0,
  ) {
    super({ highWaterMark: WAITING });
    this.#pieces = exportOf(request, sources, (events) => {
      this.events = events;
    });
  }

  override _read(): void {
    this.#next().then(
      (piece) => this.push(piece),
      (error: unknown) => this.destroy(error as Error),
    );
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#pieces.return(undefined).then(
      () => callback(error),
      () => callback(error),
    );
  }

  /** Null at the end. */
  async #next(): Promise<Buffer | null> {
    for (;;) {
      const next = await this.#pieces.next();
      if (next.done === true) return null;
      const { value } = next;
      const skip = Math.min(this.from - this.#skipped, value.length);
      this.#skipped += skip;
      if (skip < value.length) return value.subarray(skip);
    }
  }
}

/** How long an export is, in bytes: it is made for that, and thrown away. */
export async function lengthOf(request: ExportRequest, sources: ExportSources): Promise<number> {
  let length = 0;
  for await (const piece of exportOf(request, sources)) length += piece.length;
  return length;
}
