import type { Connection } from '../../connections/connection-queries';
import type { HistoryEvent } from '../event-types';

/** Whether an event has a text, written by this organization, that is not redacted yet. */
export function isRedactable(event: HistoryEvent, connection: Connection, organizationId: string): boolean {
  if (event.redacted || event.actor.organizationId !== organizationId) return false;
  return event.event === 'ConnectionCreated' ? connection.attributes.name !== null : event.reason !== null;
}
