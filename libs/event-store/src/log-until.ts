import type { Batch, EventStore, Position, SubscribeOptions } from './event-store';

export interface LogUntilOptions extends SubscribeOptions {
  /** The last position to be given; the log must reach that far, or this waits until it does. */
  readonly until: Position;
}

/**
 * The log from one position up to another, batch by batch, and then no more.
 * @throws StoreUnavailable, or the reason of the signal.
 */
export async function* logUntil(store: EventStore, options: LogUntilOptions): AsyncGenerator<Batch> {
  const { after, until, signal } = options;
  if (after >= until) return;
  for await (const batch of store.subscribe(options)) {
    if (batch.upTo < until) {
      yield batch;
      continue;
    }
    yield { events: batch.events.filter(({ position }) => position <= until), upTo: until };
    return;
  }
  signal?.throwIfAborted();
}
