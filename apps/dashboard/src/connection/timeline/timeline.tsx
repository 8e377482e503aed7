import { Button, Group, Loader, SegmentedControl, Stack, Text, VisuallyHidden } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { BellIcon } from '@radix-ui/react-icons';
import { useEffect, useMemo, useRef, type JSX } from 'react';
import type { Connection } from '../../connections/connection-queries';
import { Failure } from '../../words/failure';
import { eventsBetween, historyQuery, type Subject } from '../history-queries';
import { type EventFilter, noFilter, type Order, type PageAddress } from '../page-address';
import type { Parties } from '../parties';
import { localDay } from '../times';
import type { Address } from '../use-address';
import { Filters } from './filters';
import { isMeant, notIn, withNew } from './history-pages';
import { HistoryPart } from './history-part';
import classes from './timeline.module.css';

interface TimelineProps {
  readonly connection: Connection;
  readonly subject: Subject;
  readonly parties: Parties;
  /** The last revision to show; later events are offered. */
  readonly upTo: number;
  readonly onCaughtUp: (revision: number) => void;
  readonly address: PageAddress;
  readonly go: Address['go'];
}

/** The history of the connection, in sentences. */
export function Timeline({ connection, subject, parties, upTo, onCaughtUp, address, go }: TimelineProps): JSX.Element {
  const client = useQueryClient();
  const { order, types, actor, start, end } = address;
  const filter = useMemo((): EventFilter => ({ types, actor, start, end }), [types, actor, start, end]);
  const now = connection.meta.revision;

  const history = useInfiniteQuery({
    ...historyQuery(subject, upTo, filter, order),
    placeholderData: keepPreviousData,
  });
  const pages = useMemo(() => history.data?.pages ?? [], [history.data]);

  const since = useQuery({ ...eventsBetween(subject, { revision: upTo }, now), enabled: now > upTo });
  const fresh =
    now > upTo
      ? notIn(
          pages,
          (since.data?.events ?? []).filter((event) => isMeant(filter, event)),
        )
      : [];
  const isMuch = now > upTo && since.data?.goesOn === true;

  // A redacted text must not stay on the screen until somebody asks for new events.
  const isRedacted = now > upTo && since.data?.events.some(({ event }) => event === 'ConnectionTextRedacted') === true;
  useEffect(() => {
    if (isRedacted) onCaughtUp(now);
  }, [isRedacted, now, onCaughtUp]);

  const list = useRef<HTMLDivElement>(null);
  const catchUp = (): void => {
    if (history.data !== undefined && !isMuch) {
      client.setQueryData(historyQuery(subject, now, filter, order).queryKey, {
        ...history.data,
        pages: withNew(history.data.pages, fresh, order),
      });
    }
    onCaughtUp(now);
    // The button that was clicked is gone.
    list.current?.focus({ preventScroll: true });
  };

  // After "more", the first of the new events gets the focus: the button has moved behind them, or is gone.
  const hasAsked = useRef(false);
  const more = (): void => {
    hasAsked.current = true;
    void history.fetchNextPage().then(({ isError }) => {
      if (isError) hasAsked.current = false;
    });
  };
  useEffect(() => {
    if (!hasAsked.current) return;
    hasAsked.current = false;
    const first = pages.at(-1)?.events[0];
    const row = first && list.current?.querySelector<HTMLElement>(`[aria-controls=event-${first.revision}]`);
    (row ?? list.current)?.focus({ preventScroll: true });
  }, [pages]);

  const count = pages.reduce((sum, { events }) => sum + events.length, 0);
  const isFiltered = types.length > 0 || actor !== null || start !== null || end !== null;
  const isNothing = history.data !== undefined && count === 0 && !history.hasNextPage;
  const found = isNothing
    ? 'Nothing happened that fits the filter.'
    : isFiltered
      ? `${count.toLocaleString()} found${history.hasNextPage ? ' so far' : ''}`
      : history.hasNextPage
        ? `${count.toLocaleString()} of ${(upTo + 1).toLocaleString()} events shown`
        : 'This is the whole history';
  const shownRevision = address.past !== null && 'revision' in address.past ? address.past.revision : null;
  const news = isMuch ? 'More than 100 new events' : `${fresh.length} new ${fresh.length === 1 ? 'event' : 'events'}`;
  const hasNews = isMuch || fresh.length > 0;
  const newsButton = hasNews && (
    <Button
      variant="light"
      radius="xl"
      leftSection={<BellIcon aria-hidden />}
      onClick={catchUp}
      className={classes['news'] ?? ''}
    >
      {news}: show
    </Button>
  );

  return (
    <Stack gap="md" component="section" aria-label="History">
      <VisuallyHidden component="h2">History</VisuallyHidden>
      <Group justify="space-between" gap="sm" align="flex-start">
        <Filters address={address} connection={connection} parties={parties} go={go} />
        <SegmentedControl
          aria-label="Order"
          size="xs"
          value={order}
          onChange={(chosen) => go({ order: chosen === 'oldest' ? 'oldest' : 'newest' })}
          data={ORDERS}
        />
      </Group>
      <VisuallyHidden role="status">{hasNews ? news : ''}</VisuallyHidden>
      {order === 'newest' && newsButton}
      {history.error && (
        <Failure error={history.error} title="The history could not be read">
          <Button mt="xs" size="xs" variant="default" onClick={() => void history.refetch()}>
            Try again
          </Button>
        </Failure>
      )}
      {history.isPending && <Loader aria-label="The history is loading" />}
      <div
        ref={list}
        className={classes['timeline']}
        role="group"
        aria-label="Events"
        aria-busy={history.isFetching}
        tabIndex={-1}
      >
        {pages.map((page, index) => (
          <HistoryPart
            key={index}
            events={page.events}
            dayBefore={lastDay(pages.slice(0, index))}
            subject={subject}
            parties={parties}
            shownRevision={page.events.some(({ revision }) => revision === shownRevision) ? shownRevision : null}
            connection={connection}
            isFar={index > 0}
            go={go}
          />
        ))}
      </div>
      <Group>
        {history.hasNextPage && (
          <Button variant="default" loading={history.isFetchingNextPage} onClick={more}>
            {isFiltered ? 'Look further' : order === 'newest' ? 'Show 100 older events' : 'Show 100 later events'}
          </Button>
        )}
        <Text size="sm" c="dimmed" role="status">
          {history.data && !history.isPlaceholderData && found}
        </Text>
        {isNothing && (
          <Button size="compact-sm" variant="light" onClick={() => go(noFilter)}>
            Show everything
          </Button>
        )}
      </Group>
      {order === 'oldest' && newsButton}
    </Stack>
  );
}

const ORDERS: { value: Order; label: string }[] = [
  { value: 'newest', label: 'Newest first' },
  { value: 'oldest', label: 'Oldest first' },
];

/** The last day of the part before, so that its heading is not repeated. */
function lastDay(before: readonly { readonly events: readonly { readonly occurredAt: string }[] }[]): string | null {
  const last = before.findLast(({ events }) => events.length > 0)?.events.at(-1);
  return last === undefined ? null : localDay(last.occurredAt);
}
