import { eventWords } from '@connections/connection/domain/words';
import type { components } from '@connections/client/generated';

/** An event of a connection, in the API's form. */
export type HistoryEvent = components['schemas']['ConnectionEvent']['attributes'];

export type EventType = HistoryEvent['event'];

/** All types of events, in the order of the handshake. */
export const eventTypes = Object.keys(eventWords) as EventType[];
