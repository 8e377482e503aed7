import type { Connection } from '../../connections/connection-queries';
import type { HistoryEvent } from '../event-types';

/** Whether something was written with an event, by this organization, that is still there to be taken away. */
export function isRedactable(event: HistoryEvent, connection: Connection, organizationId: string): boolean {
  if (event.redacted || event.actor.organizationId !== organizationId) return false;
  return event.event === 'ConnectionCreated' ? connection.attributes.name !== null : event.reason !== null;
}
