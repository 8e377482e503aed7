import type { EventStore, RecordedEvent } from './event-store';

/**
 * The events of a stream, newest first, from a revision on, or from the last one where that is earlier. Nearly always the
 * first is all that is wanted, so it is read by itself: a store reads hundreds at once for who does not say how many.
 * @throws StoreUnavailable
 */
export async function* backwards(
  store: Pick<EventStore, 'read'>,
  stream: string,
  from: number,
): AsyncGenerator<RecordedEvent> {
  for await (const first of store.read(stream, { direction: 'backwards', from, limit: 1 })) {
    yield first;
    if (first.revision > 0) yield* store.read(stream, { direction: 'backwards', from: first.revision - 1 });
  }
}
