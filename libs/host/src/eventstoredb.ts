import type { Logger } from 'pino';
import type { EventStore } from '@connections/event-store/event-store';
import { EventStoreDbEventStore } from '@connections/event-store/eventstoredb/eventstoredb-event-store';

/** @throws UnusableEventStore when the URL, or a certificate that it names, cannot be used. */
export const openEventStoreDb = (url: string, log: Logger | undefined): EventStore =>
  new EventStoreDbEventStore({ url }, log);
