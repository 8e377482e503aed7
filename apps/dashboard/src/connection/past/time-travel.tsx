import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { CounterClockwiseClockIcon } from '@radix-ui/react-icons';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useState, type JSX } from 'react';
import { statusWords } from '@connections/connection/domain/words';
import type { Connection } from '../../connections/connection-queries';
import { Failure } from '../../words/failure';
import { inBrief } from '../happened';
import { eventsAround, type Subject } from '../history-queries';
import type { Past } from '../page-address';
import type { Parties } from '../parties';
import type { Address } from '../use-address';
import { MomentForm } from './moment-form';
import classes from './time-travel.module.css';

/** How long the slider has to rest before its place is loaded, in milliseconds. */
const REST = 150;

interface TimeTravelProps {
  /** The connection as it is now. */
  readonly connection: Connection;
  /** The connection at the past time that is shown. */
  readonly then: UseQueryResult<Connection>;
  /** Whether that time is before its creation. */
  readonly wasNotThere: boolean;
  readonly subject: Subject;
  readonly parties: Parties;
  /** Null for now. */
  readonly past: Past | null;
  readonly go: Address['go'];
}

/** Moves through the events of the connection, or to a moment, and back to now; shows when the page is in the past. */
export function TimeTravel({
  connection,
  then,
  wasNotThere,
  subject,
  parties,
  past,
  go,
}: TimeTravelProps): JSX.Element {
  const last = connection.meta.revision;
  const shown = past === null ? connection : wasNotThere || then.isPlaceholderData ? null : (then.data ?? null);
  // The place that the slider is being moved to; null once the page is there.
  const [moving, setMoving] = useState<number | null>(null);
  const at = moving ?? placeOf(past, shown, last);
  if (moving !== null && moving === revisionOf(past, last)) setMoving(null);

  const arrive = useDebouncedCallback((revision: number) => {
    go({ past: revision === last ? null : { revision } }, true);
  }, REST);
  const move = (revision: number): void => {
    setMoving(revision);
    arrive(revision);
  };

  const { data } = useQuery(eventsAround(subject, connection, at));
  const event = data?.events.find(({ revision }) => revision === at);
  const brief = event === undefined ? 'One moment …' : inBrief(event, parties.nameOf);
  const isNow = moving === null ? past === null : at === last;
  const place = isNow ? `Now, at revision ${at}` : `The past, at revision ${at} of ${last}`;

  return (
    <Paper
      withBorder
      p="md"
      component="section"
      aria-labelledby="time-travel"
      className={classes['panel'] ?? ''}
      data-past={past !== null || undefined}
    >
      <Stack gap="xs">
        <Group justify="space-between" mih={30}>
          <Title order={2} id="time-travel" fz="h5">
            As of
          </Title>
          {past !== null && (
            <Button size="xs" onClick={() => go({ past: null })}>
              Back to now
            </Button>
          )}
        </Group>
        <input
          className={classes['slider']}
          type="range"
          min={0}
          max={last}
          step={1}
          value={at}
          disabled={last === 0}
          aria-label="Show the connection as of event"
          aria-valuetext={`${place}: ${brief}`}
          onChange={(change) => move(Number(change.currentTarget.value))}
        />
        <Group justify="space-between" align="flex-end" gap="sm">
          <Text size="sm" component="div" className={classes['place'] ?? ''}>
            <Group gap={6} fw={700}>
              {!isNow && <CounterClockwiseClockIcon aria-hidden />}
              {wasNotThere ? 'The past, before it was created' : place}
            </Group>
            <div>{wasNotThere ? 'The connection was not there at that moment.' : brief}</div>
            <div role="status">{noticeOf(past, shown, connection, wasNotThere)}</div>
          </Text>
          <MomentForm key={past !== null && 'asOf' in past ? past.asOf : ''} past={past} go={go} />
        </Group>
        {past !== null && then.error !== null && <Failure error={then.error} title="The past could not be read" />}
      </Stack>
    </Paper>
  );
}

/** The revision that is shown; null if a moment is. */
function revisionOf(past: Past | null, last: number): number | null {
  if (past === null) return last;
  return 'revision' in past ? past.revision : null;
}

/** The place of the slider: the last event up to the time that is shown. */
function placeOf(past: Past | null, shown: Connection | null, last: number): number {
  if (past === null) return last;
  if ('revision' in past) return Math.min(past.revision, last);
  return shown?.meta.revision ?? 0;
}

function noticeOf(past: Past | null, shown: Connection | null, now: Connection, wasNotThere: boolean): string {
  if (past === null) return 'Move the slider, or go to a moment, to see the connection as it was.';
  if (wasNotThere) return 'Go to a later moment, or back to now.';
  if (shown === null) return 'One moment …';
  const [then, today] = [shown, now].map(({ attributes }) => statusWords[attributes.status].name.toLowerCase());
  return `This is the past: it was ${then}, and now it is ${today}. Steps are taken now, not then.`;
}
