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
  let first: RecordedEvent | undefined;
  for await (const event of store.read(stream, { direction: 'backwards', from, limit: 1 })) first = event;
  if (first === undefined) return;
  yield first;
  const { revision } = first;
  if (revision === 0) return;
  // From the same event on, so that a store can tell where none of those before it is left.
  for await (const event of store.read(stream, { direction: 'backwards', from: revision })) {
    if (event.revision < revision) yield event;
  }
}
