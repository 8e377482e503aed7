/**
 * How long a retried request is recognised from what it recorded in the log, in milliseconds. Answers are remembered
 * for longer than this, along with what was asked, so a different request under the same key is never taken for a
 * retry.
 */
export const RECOGNISED_FOR = 24 * 3_600_000;

/** A request, as recorded by the event that it led to. */
export interface RecordedRequest {
  /** Distinguishes it from every other request to the same stream. */
  readonly marker: string;
  /** When it took effect, in milliseconds since 1970. */
  readonly at: number;
}

/** The request to look for: its marker, among the requests that took effect since a moment. */
export interface RequestSought {
  readonly marker: string;
  /** In milliseconds since 1970. */
  readonly since: number;
}

/** The requests that a stream recorded last, so that a retry is recognised without reading the stream. */
export class RecordedRequests {
  readonly #revisions = new Map<string, { readonly at: number; readonly revision: number }>();
  /** The latest time of the requests that were dropped. */
  #forgottenUntil = Number.NEGATIVE_INFINITY;

  constructor(private readonly capacity = 200) {}

  /** For a stream that was not read whole. */
  static ofSome(): RecordedRequests {
    const some = new RecordedRequests();
    some.#forgottenUntil = Number.POSITIVE_INFINITY;
    return some;
  }

  get size(): number {
    return this.#revisions.size;
  }

  add({ marker, at }: RecordedRequest, revision: number): void {
    this.#revisions.delete(marker);
    this.#revisions.set(marker, { at, revision });
    if (this.#revisions.size <= this.capacity) return;
    for (const [oldest, dropped] of this.#revisions) {
      this.#revisions.delete(oldest);
      this.#forgottenUntil = Math.max(this.#forgottenUntil, dropped.at);
      return;
    }
  }

  /** @returns the revision of its event; null when there is none; `unsure` when only the log can tell. */
  find({ marker, since }: RequestSought): number | null | 'unsure' {
    const found = this.#revisions.get(marker);
    if (found && found.at >= since) return found.revision;
    return this.#forgottenUntil >= since ? 'unsure' : null;
  }
}
