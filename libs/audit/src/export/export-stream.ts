import { Readable } from 'node:stream';
import { exportOf, type ExportRequest } from './export';
import type { ExportSources } from './sources';

/** How much waits for a reader that is slow, in bytes. */
const WAITING = 2 ** 20;

/** What of an export is given to who has its beginning. */
export interface Rest {
  /** The first byte to give: everything before it is made as well, and not given. */
  readonly from: number;
  /** Whether what was made until now is what was made before. */
  readonly isSame: () => Promise<boolean>;
}

/** The beginning of an export is not the one any more that somebody has already. */
export class BeginningChanged extends Error {
  constructor() {
    super('A text was redacted while the export was made, so its rest does not belong to the beginning given before.');
  }
}

/** An export as a stream that is made as fast as it is read. */
export class ExportStream extends Readable {
  readonly #pieces: AsyncGenerator<Buffer>;
  /** Bytes before the first that is given. */
  #skipped = 0;
  /** Events told so far, and those of them that were skipped with whole pieces. */
  #told = 0;
  #passedOver = 0;
  #isGiving = false;

  /** @param rest null for the whole. Its stream ends with `BeginningChanged` rather than with what belongs to nothing. */
  constructor(
    request: ExportRequest,
    sources: ExportSources,
    private readonly rest: Rest | null = null,
  ) {
    super({ highWaterMark: WAITING });
    this.#pieces = exportOf(request, sources, (events) => {
      this.#told = events;
    });
  }

  /** How many events have been given so far. */
  get events(): number {
    return this.#told - this.#passedOver;
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
      if (this.#isGiving || this.rest === null) return value;
      const skip = Math.min(this.rest.from - this.#skipped, value.length);
      this.#skipped += skip;
      this.#passedOver = this.#told;
      if (skip === value.length) continue;
      if (!(await this.rest.isSame())) throw new BeginningChanged();
      this.#isGiving = true;
      return value.subarray(skip);
    }
  }
}

/** How long an export is, in bytes: it is made for that, and thrown away. */
export async function lengthOf(request: ExportRequest, sources: ExportSources): Promise<number> {
  let length = 0;
  for await (const piece of exportOf(request, sources)) length += piece.length;
  return length;
}
