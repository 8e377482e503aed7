import { Readable } from 'node:stream';
import { exportOf, type ExportRequest } from './export';
import type { ExportSources } from './sources';

/** How much is buffered for a slow reader, in bytes. */
const WAITING = 2 ** 20;

/** Where to resume an export of which the caller has the beginning. */
export interface Rest {
  /** The offset of the first byte to give: everything before it is generated too, and dropped. */
  readonly from: number;
  /** Whether the bytes generated so far are those that the caller already has. */
  readonly isSame: () => Promise<boolean>;
}

/** The beginning of an export is no longer the one that the caller already has. */
export class BeginningChanged extends Error {
  constructor() {
    super('A text was redacted while the export was made, so its rest does not belong to the beginning given before.');
  }
}

/** An export as a readable stream, generated as fast as it is read. */
export class ExportStream extends Readable {
  readonly #pieces: AsyncGenerator<Buffer>;
  readonly #unwanted = new AbortController();
  /** Bytes before the first that is given. */
  #skipped = 0;
  /** Events generated so far, and those among them that were dropped in whole pieces. */
  #told = 0;
  #passedOver = 0;
  #isGiving = false;

  /**
   * @param rest null for the whole export. If the beginning has changed, the stream fails with `BeginningChanged`
   * before it gives anything.
   */
  constructor(
    request: ExportRequest,
    sources: ExportSources,
    private readonly rest: Rest | null = null,
  ) {
    super({ highWaterMark: WAITING });
    const onEvents = (events: number): void => void (this.#told = events);
    this.#pieces = exportOf(request, sources, onEvents, this.#unwanted.signal);
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
    this.#unwanted.abort();
    this.#pieces.return(undefined).then(
      () => callback(error),
      () => callback(error),
    );
  }

  /** The next piece; null at the end. */
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

/** How long an export is, in bytes: it is made for that, and thrown away. @throws why it is unwanted */
export async function lengthOf(
  request: ExportRequest,
  sources: ExportSources,
  unwanted?: AbortSignal,
): Promise<number> {
  let length = 0;
  for await (const piece of exportOf(request, sources, undefined, unwanted)) length += piece.length;
  return length;
}
