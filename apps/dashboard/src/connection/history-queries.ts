import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { components } from '@connections/client/generated';
import { answered, apiFor } from '../api/api';
import { type Connection, connectionKeys } from '../connections/connection-queries';
import type { HistoryEvent } from './event-types';
import { type EventFilter, type Order, type Past, pastText } from './page-address';
import type { HistoryPage } from './timeline/history-pages';

/** The API gives so many events at once, at most. */
const PAGE = 100;

/** So often the API is asked for one part of a filtered history, at most. */
const CALLS = 10;

/** A connection that is looked at, by an organization. */
export interface Subject {
  readonly organizationId: string;
  readonly connectionId: string;
}

const keyOf = ({ organizationId, connectionId }: Subject): readonly string[] =>
  connectionKeys.one(organizationId, connectionId);

/**
 * What happened up to a revision. What happens later does not move what somebody reads, so it is asked for by
 * `eventsBetween`; what is newer all the same was there before the answer was.
 */
export const historyQuery = (subject: Subject, upTo: number, filter: EventFilter, order: Order) =>
  infiniteQueryOptions({
    queryKey: [...keyOf(subject), 'history', upTo, order, filter],
    queryFn: async ({ pageParam, signal }): Promise<HistoryPage> => {
      let page: HistoryPage = { events: [], next: pageParam };
      // With a filter the API may have found little, or nothing, and not be at the end.
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
  return { events: data.map(({ attributes }) => attributes), next: cursorIn(links.next) };
}

const cursorIn = (link: string | null): string | null =>
  link === null ? null : new URLSearchParams(link.slice(link.indexOf('?'))).get('page[after]');

/** How a connection differs at two times, and what happened in between. */
export type Difference = Omit<components['schemas']['ConnectionDifference']['attributes'], 'events'> & {
  /** What happened in between, oldest first. */
  readonly events: readonly HistoryEvent[];
  /** Whether more happened than is told. */
  readonly goesOn: boolean;
};

/** @param to null for now */
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

/** Names and reasons can be redacted at any time, so what was once answered is asked for again when something happens. */
export const differenceQuery = (subject: Subject, from: Past, to: Past | null) =>
  queryOptions({
    queryKey: [...keyOf(subject), 'difference', from, to],
    queryFn: ({ signal }) => difference(subject, from, to, signal),
  });

/** What happened behind one revision, up to another: oldest first, and the first hundred of it. */
export const eventsBetween = (subject: Subject, from: Past, upTo: number) =>
  queryOptions({
    queryKey: [...keyOf(subject), 'between', from, upTo],
    queryFn: async ({ signal }): Promise<{ events: readonly HistoryEvent[]; goesOn: boolean }> =>
      difference(subject, from, { revision: upTo }, signal),
    staleTime: 'static',
  });

/** The part of a history that a revision is in, so that neighbours are there already. */
export function eventsAround(subject: Subject, connection: Connection, revision: number) {
  const first = Math.floor(revision / PAGE) * PAGE;
  const last = Math.min(first + PAGE - 1, connection.meta.revision);
  return eventsBetween(subject, first === 0 ? justBefore(connection) : { revision: first - 1 }, last);
}

/** When the connection was not there yet, so that the creation is among what happened since. */
const justBefore = ({ attributes: { createdAt } }: Connection): Past => ({
  asOf: new Date(Date.parse(createdAt) - 1).toISOString(),
});

/** The connection as it was. */
export const pastQuery = ({ organizationId, connectionId }: Subject, past: Past) =>
  queryOptions({
    queryKey: [...connectionKeys.one(organizationId, connectionId), 'past', past],
    queryFn: async ({ signal }): Promise<Connection> => {
      const params = { path: { id: connectionId }, query: past };
      return (await answered(apiFor(organizationId).GET('/api/v1/connect/connections/{id}', { params, signal }))).data;
    },
  });
