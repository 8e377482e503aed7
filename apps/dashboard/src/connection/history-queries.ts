import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { components } from '@connections/client/generated';
import { answered, apiFor } from '../api/api';
import { cursorIn } from '../api/link';
import { type Connection, connectionKeys } from '../connections/connection-queries';
import type { HistoryEvent } from './event-types';
import { type EventFilter, type Order, type Past, pastText } from './page-address';
import type { HistoryPage } from './timeline/history-pages';

/** The most events that the API gives at once. */
const PAGE = 100;

/** The most calls for one part of a filtered history. */
const CALLS = 10;

/** A connection, and the organization for which it is shown. */
export interface Subject {
  readonly organizationId: string;
  readonly connectionId: string;
}

const keyOf = ({ organizationId, connectionId }: Subject): readonly string[] =>
  connectionKeys.one(organizationId, connectionId);

/**
 * The events up to a revision. Later events do not move what somebody reads: they are loaded by `eventsBetween`, and
 * any that are newer here happened before the answer.
 */
export const historyQuery = (subject: Subject, upTo: number, filter: EventFilter, order: Order) =>
  infiniteQueryOptions({
    queryKey: [...keyOf(subject), 'history', upTo, order, filter],
    queryFn: async ({ pageParam, signal }): Promise<HistoryPage> => {
      let page: HistoryPage = { events: [], next: pageParam };
      // With a filter, the API may have found few events, or none, before the end of the history.
      for (
        let calls = 0;
        calls < CALLS && page.events.length < PAGE && (calls === 0 || page.next !== null);
        calls += 1
      ) {
        const { events, next } = await historyPart(
          subject,
          page.next,
          PAGE - page.events.length,
          filter,
          order,
          signal,
        );
        page = { events: [...page.events, ...events], next };
      }
      return page;
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    staleTime: 'static',
  });

async function historyPart(
  { organizationId, connectionId }: Subject,
  after: string | null,
  size: number,
  { types, actor, start, end }: EventFilter,
  order: Order,
  signal: AbortSignal,
): Promise<HistoryPage> {
  const query = {
    sort: order === 'newest' ? '-occurred-at' : 'occurred-at',
    'page[size]': size,
    ...(after !== null && { 'page[after]': after }),
    ...(types.length > 0 && { 'filter[event]': types.join(',') }),
    ...(actor !== null && { 'filter[actor]': actor }),
    ...(start !== null && { 'filter[occurredAtStart]': start }),
    ...(end !== null && { 'filter[occurredAtEnd]': end }),
  } as const;
  const { data, links } = await answered(
    apiFor(organizationId).GET('/api/v1/connect/connections/{id}/events', {
      params: { path: { id: connectionId }, query },
      signal,
    }),
  );
  return { events: data.map(({ attributes }) => attributes), next: cursorIn(links.next, 'after') };
}

/** How a connection differs at two times, and what happened in between. */
export type Difference = Omit<components['schemas']['ConnectionDifference']['attributes'], 'events'> & {
  /** The events in between, oldest first. */
  readonly events: readonly HistoryEvent[];
  /** Whether there are more events than these. */
  readonly goesOn: boolean;
};

/** @param to null for now. */
const difference = async (
  { organizationId, connectionId }: Subject,
  from: Past,
  to: Past | null,
  signal: AbortSignal,
): Promise<Difference> => {
  const query = { from: pastText(from), ...(to !== null && { to: pastText(to) }) };
  const { data, links } = await answered(
    apiFor(organizationId).GET('/api/v1/connect/connections/{id}/diff', {
      params: { path: { id: connectionId }, query },
      signal,
    }),
  );
  const events = data.attributes.events.map(({ attributes }) => attributes);
  return { ...data.attributes, events, goesOn: links.events !== null };
};

/** Names and reasons can be redacted at any time, so even the past is loaded again when something happens. */
export const differenceQuery = (subject: Subject, from: Past, to: Past | null) =>
  queryOptions({
    queryKey: [...keyOf(subject), 'difference', from, to],
    queryFn: ({ signal }) => difference(subject, from, to, signal),
  });

/** The events after one revision, up to another: the first hundred, oldest first. */
export const eventsBetween = (subject: Subject, from: Past, upTo: number) =>
  queryOptions({
    queryKey: [...keyOf(subject), 'between', from, upTo],
    queryFn: async ({ signal }): Promise<{ events: readonly HistoryEvent[]; goesOn: boolean }> =>
      difference(subject, from, { revision: upTo }, signal),
    staleTime: 'static',
  });

/** The part of a history that contains a revision, so that its neighbours are loaded already. */
export function eventsAround(subject: Subject, connection: Connection, revision: number) {
  const first = Math.floor(revision / PAGE) * PAGE;
  const last = Math.min(first + PAGE - 1, connection.meta.revision);
  return eventsBetween(subject, first === 0 ? justBefore(connection) : { revision: first - 1 }, last);
}

/** A moment before the connection existed, so that its creation is among the events since. */
const justBefore = ({ attributes: { createdAt } }: Connection): Past => ({
  asOf: new Date(Date.parse(createdAt) - 1).toISOString(),
});

/** The connection at a past time. */
export const pastQuery = ({ organizationId, connectionId }: Subject, past: Past) =>
  queryOptions({
    queryKey: [...connectionKeys.one(organizationId, connectionId), 'past', past],
    queryFn: async ({ signal }): Promise<Connection> => {
      const params = { path: { id: connectionId }, query: past };
      return (await answered(apiFor(organizationId).GET('/api/v1/connect/connections/{id}', { params, signal }))).data;
    },
  });
