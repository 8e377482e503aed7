import { eventWords } from '@connections/connection/domain/words';
import type { components } from '@connections/client/generated';

/** Something that happened to a connection, as the API tells it. */
export type HistoryEvent = components['schemas']['ConnectionEvent']['attributes'];

export type EventType = HistoryEvent['event'];

/** Everything that can happen, in the order of the handshake. */
export const eventTypes = Object.keys(eventWords) as EventType[];
