import type { HistoryEvent } from '../event-types';
import type { EventFilter, Order } from '../page-address';

/** A part of a history, in the requested order. */
export interface HistoryPage {
  readonly events: readonly HistoryEvent[];
  /** The cursor of the next part; null at the end. */
  readonly next: string | null;
}

/** Whether an event matches a filter, by the API's rules. */
export const isMeant = (
  { types, actor, start, end }: EventFilter,
  event: Pick<HistoryEvent, 'event' | 'actor' | 'occurredAt'>,
): boolean =>
  (types.length === 0 || types.includes(event.event)) &&
  (actor === null || actor === event.actor.id || actor === event.actor.organizationId) &&
  (start === null || event.occurredAt >= start) &&
  (end === null || event.occurredAt <= end);

/** The events that are not yet in any of the pages. */
export function notIn<T extends Pick<HistoryEvent, 'revision'>>(
  pages: readonly { readonly events: readonly Pick<HistoryEvent, 'revision'>[] }[],
  events: readonly T[],
): T[] {
  const known = new Set(pages.flatMap((page) => page.events.map(({ revision }) => revision)));
  return events.filter(({ revision }) => !known.has(revision));
}

/**
 * Adds new events to the pages where they belong. A history that is read from the beginning, and not yet to its end,
 * will load them later anyway.
 * @param events oldest first, and none of them in the pages.
 */
export function withNew(pages: readonly HistoryPage[], events: readonly HistoryEvent[], order: Order): HistoryPage[] {
  const at = order === 'newest' ? 0 : pages.length - 1;
  const page = pages[at];
  if (page === undefined || (order === 'oldest' && page.next !== null)) return [...pages];
  const all = order === 'newest' ? [...[...events].reverse(), ...page.events] : [...page.events, ...events];
  return pages.with(at, { ...page, events: all });
}

/** The events of one day, in local time. */
export interface Day {
  readonly day: string;
  readonly events: readonly HistoryEvent[];
}

/** @param dayOf returns the name of a day, the same for all moments of that day. */
export function byDay(events: readonly HistoryEvent[], dayOf: (at: string) => string): Day[] {
  const days: { day: string; events: HistoryEvent[] }[] = [];
  for (const event of events) {
    const day = dayOf(event.occurredAt);
    const last = days.at(-1);
    if (last?.day === day) last.events.push(event);
    else days.push({ day, events: [event] });
  }
  return days;
}
