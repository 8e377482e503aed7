import type { ReadReq } from '@eventstore/db-client/generated/streams_pb';
import type { StoredEvent } from './stored-event';

export interface Filter {
  readonly allows: (event: StoredEvent) => boolean;
  /** How many events one read examines. */
  readonly window: number;
  /** A checkpoint is due after this many examined events. */
  readonly checkpointInterval: number;
}

/**
 * How many events one read takes. EventStore/EventStore
 * src/EventStore.Core/Services/Transport/Enumerators/Enumerator.cs
 */
export const READ_BATCH_SIZE = 32;

/**
 * EventStore/EventStore src/EventStore.Core/Services/Transport/Grpc/Streams.Read.cs (ConvertToEventFilter); the
 * checkpoint interval: src/EventStore.Core/Services/Transport/Enumerators/Enumerator.AllSubscriptionFiltered.cs
 */
export function filterOf(options: ReadReq.Options.FilterOptions): Filter {
  const ofType = options.getEventType();
  const matches = matcher(ofType ?? options.getStreamIdentifier());
  const window = options.hasMax() ? options.getMax() : READ_BATCH_SIZE;
  return {
    allows: (event) => matches(ofType === undefined ? event.stream : event.type),
    window,
    checkpointInterval: window * options.getCheckpointintervalmultiplier(),
  };
}

function matcher(expression: ReadReq.Options.FilterOptions.Expression | undefined): (text: string) => boolean {
  const regex = expression?.getRegex() ?? '';
  if (regex !== '') {
    const pattern = new RegExp(regex);
    return (text) => pattern.test(text);
  }
  const prefixes = expression?.getPrefixList() ?? [];
  return (text) => prefixes.some((prefix) => text.startsWith(prefix));
}
