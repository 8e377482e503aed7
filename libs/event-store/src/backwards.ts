import type { EventStore, RecordedEvent } from './event-store';

/**
 * The events of a stream, newest first, from a revision on, or from the last one if that is earlier. The first is
 * nearly always all that is wanted, so it is read by itself: a store reads hundreds at once when no limit is given.
 * @throws StoreUnavailable
 */
export async function* backwards(
  store: Pick<EventStore, 'read'>,
  stream: string,
  from: number,
): AsyncGenerator<RecordedEvent> {
  let first: RecordedEvent | undefined;
  for await (const event of store.read(stream, { direction: 'backwards', from, limit: 1 })) first = event;
  if (first === undefined) return;
  yield first;
  const { revision } = first;
  if (revision === 0) return;
  // Starts from the same event again, so that a store can tell when the events before it are gone.
  for await (const event of store.read(stream, { direction: 'backwards', from: revision })) {
    if (event.revision < revision) yield event;
  }
}
