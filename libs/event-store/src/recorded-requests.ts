/**
 * For so long a retried request is recognised by what it left behind, in milliseconds. Answers are remembered for longer
 * than this, and with them what was asked, so that another request under the same key is never taken for a retry.
 */
export const RECOGNISED_FOR = 24 * 3_600_000;

/** A request as the event that it led to records it. */
export interface RecordedRequest {
  /** Tells it from every other request to the same stream. */
  readonly marker: string;
  /** When it took effect, in milliseconds since 1970. */
  readonly at: number;
}

/** What a repeated request is looked for by: its marker, among those that took effect since a moment. */
export interface RequestSought {
  readonly marker: string;
  /** In milliseconds since 1970. */
  readonly since: number;
}

/** The requests that a stream has recorded last, so that a retry is recognised without reading the stream. */
export class RecordedRequests {
  readonly #revisions = new Map<string, { readonly at: number; readonly revision: number }>();
  /** The latest moment of those that were let go of. */
  #forgottenUntil = Number.NEGATIVE_INFINITY;

  constructor(private readonly capacity = 200) {}

  /** Those of a stream of which not all was read. */
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
