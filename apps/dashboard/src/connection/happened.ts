import { eventWords } from '@connections/connection/domain/words';
import type { HistoryEvent } from './event-types';
import { localMoment } from './times';

/** What happened, by whom and when, in a few words: for moving through many events. */
export function inBrief(event: HistoryEvent, nameOf: (organizationId: string) => string): string {
  const { organizationId } = event.actor;
  const by = organizationId === null ? 'the operator of the service' : nameOf(organizationId);
  return `${eventWords[event.event]} by ${by}, ${localMoment(event.occurredAt)}`;
}
