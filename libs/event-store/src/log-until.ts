import type { Batch, EventStore, Position, SubscribeOptions, WrittenBatch } from './event-store';

export interface LogUntilOptions extends SubscribeOptions {
  /** The last position to be given. If the log does not reach that far yet, this waits until it does. */
  readonly until: Position;
}

/**
 * The log from one position up to another, in batches; then it ends.
 * @throws StoreUnavailable, or the reason of the signal.
 */
export const logUntil = (store: EventStore, options: LogUntilOptions): AsyncGenerator<Batch> =>
  ended(() => store.subscribe(options), options);

/** Like `logUntil`, with the events as stored text. */
export const writtenUntil = (store: EventStore, options: LogUntilOptions): AsyncGenerator<WrittenBatch> =>
  ended(() => store.written(options), options);

async function* ended<Event extends { readonly position: Position }>(
  begin: () => AsyncIterable<{ readonly events: readonly Event[]; readonly upTo: Position }>,
  { after, until, signal }: LogUntilOptions,
): AsyncGenerator<{ readonly events: readonly Event[]; readonly upTo: Position }> {
  if (after >= until) return;
  for await (const batch of begin()) {
    if (batch.upTo < until) {
      yield batch;
      continue;
    }
    yield { events: batch.events.filter(({ position }) => position <= until), upTo: until };
    return;
  }
  signal?.throwIfAborted();
}
