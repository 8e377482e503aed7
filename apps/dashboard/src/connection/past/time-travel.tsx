import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState, type JSX, type SubmitEvent } from 'react';
import type { Connection } from '../../connections/connection-queries';
import { inBrief } from '../happened';
import { eventsAround, type Subject } from '../history-queries';
import { MomentField } from './moment-field';
import type { Past } from '../page-address';
import type { Parties } from '../parties';
import { fromField, toField } from '../times';
import type { Address } from '../use-address';
import classes from './time-travel.module.css';

/** How long the slider has to rest before its place is asked for, in milliseconds. */
const REST = 150;

interface TimeTravelProps {
  readonly connection: Connection;
  /** The connection at the time that is looked at; null where it was not there, or is not known yet. */
  readonly shown: Connection | null;
  readonly subject: Subject;
  readonly parties: Parties;
  readonly past: Past | null;
  readonly go: Address['go'];
}

/** Moves through the events of the connection, or to a moment, and back to now. */
export function TimeTravel({ connection, shown, subject, parties, past, go }: TimeTravelProps): JSX.Element {
  const last = connection.meta.revision;
  // Where the slider is being moved to; null once the page is there.
  const [moving, setMoving] = useState<number | null>(null);
  const at = moving ?? placeOf(past, shown, last);
  const isNow = at === last && past === null;

  const arrive = useDebouncedCallback((revision: number) => {
    go({ past: revision === last ? null : { revision } }, true);
    setMoving(null);
  }, REST);
  const move = (revision: number): void => {
    setMoving(revision);
    arrive(revision);
  };

  const { data } = useQuery(eventsAround(subject, connection, at));
  const event = data?.events.find(({ revision }) => revision === at);
  const brief = event === undefined ? 'One moment …' : inBrief(event, parties.nameOf);
  const place = moving === null && isNow ? `Now, revision ${at}` : `Revision ${at} of ${last}`;

  return (
    <Paper withBorder p="md" component="section" aria-labelledby="time-travel">
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
          <Text size="sm" className={classes['place'] ?? ''}>
            <strong>{place}</strong>
            <br />
            {brief}
          </Text>
          <MomentForm key={past !== null && 'asOf' in past ? past.asOf : ''} past={past} go={go} />
        </Group>
      </Stack>
    </Paper>
  );
}

/** Where the slider is: at the last event by then. */
function placeOf(past: Past | null, shown: Connection | null, last: number): number {
  if (past === null) return last;
  if ('revision' in past) return Math.min(past.revision, last);
  return shown?.meta.revision ?? 0;
}

/** Asks for a moment by the clock here. */
function MomentForm({ past, go }: Pick<TimeTravelProps, 'past' | 'go'>): JSX.Element {
  const [text, setText] = useState(past !== null && 'asOf' in past ? toField(past.asOf) : '');
  const [problem, setProblem] = useState<string | null>(null);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const asOf = fromField(text);
    if (asOf === null) setProblem('Give a day and a time.');
    else if (asOf > new Date().toISOString()) setProblem('This lies in the future; nobody knows yet.');
    else go({ past: { asOf } });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Group gap="xs" align="flex-end">
        <MomentField label="Or a moment, by the clock here" value={text} onChange={setText} error={problem} />
        <Button type="submit" variant="default" size="sm">
          Go there
        </Button>
      </Group>
    </form>
  );
}
