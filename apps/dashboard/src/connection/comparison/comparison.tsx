import { Paper, Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import type { Connection } from '../../connections/connection-queries';
import { isProblem } from '../../api/problem';
import { Failure } from '../../words/failure';
import { Moment } from '../../words/moment';
import { Written } from '../../words/written';
import { type Difference, differenceQuery, type Subject } from '../history-queries';
import type { PageAddress, Past } from '../page-address';
import type { Parties } from '../parties';
import { Sentence } from '../sentence';
import type { Address } from '../use-address';
import { inWords } from './changes-in-words';
import classes from './comparison.module.css';
import { End } from './end';

interface ComparisonProps {
  readonly connection: Connection;
  readonly subject: Subject;
  readonly parties: Parties;
  readonly address: PageAddress;
  readonly go: Address['go'];
}

/** What has changed in a connection between two times, in words. */
export function Comparison({ connection, subject, parties, address, go }: ComparisonProps): JSX.Element {
  const from: Past = address.from ?? { revision: 0 };
  const { to } = address;
  const { data, error, isPending } = useQuery({
    ...differenceQuery(subject, from, to),
    placeholderData: keepPreviousData,
  });
  const ends = { connection, subject, parties };
  return (
    <Stack gap="md" component="section" aria-label="Comparison">
      <div className={classes['ends']}>
        <End {...ends} legend="From" value={from} onChange={(chosen, isTyping) => go({ from: chosen }, isTyping)} />
        <End {...ends} legend="To" value={to} hasNow onChange={(chosen, isTyping) => go({ to: chosen }, isTyping)} />
      </div>
      {error && (
        <Failure
          error={error}
          title={isProblem(error, 'invalid-parameter') ? 'These two times cannot be compared' : 'This did not work'}
        />
      )}
      {isPending && <Skeleton height={200} />}
      {data && !error && <Told difference={data} parties={parties} />}
    </Stack>
  );
}

function Told({ difference, parties }: { readonly difference: Difference; readonly parties: Parties }): JSX.Element {
  const { from, to, events, goesOn } = difference;
  const changes = inWords(difference.changes, parties.nameOf);
  return (
    <>
      <Paper withBorder p="md" component="section" aria-labelledby="changes">
        <Title order={2} id="changes" fz="h5" mb="xs">
          What is different
        </Title>
        {changes.length === 0 ? (
          <Text size="sm">{to === null ? 'The connection was not there yet.' : 'Nothing is different.'}</Text>
        ) : (
          <Table className={classes['changes'] ?? ''}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>What</Table.Th>
                <Table.Th>
                  <EndName end={from} />
                </Table.Th>
                <Table.Th>
                  <EndName end={to} />
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {changes.map(({ attribute, label, before, after }) => (
                <Table.Tr key={attribute}>
                  <Table.Th scope="row">{label}</Table.Th>
                  <Table.Td data-label="Before">
                    <Written>{before}</Written>
                  </Table.Td>
                  <Table.Td data-label="After">
                    <Written>{after}</Written>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Paper>
      <Paper withBorder p="md" component="section" aria-labelledby="between">
        <Title order={2} id="between" fz="h5" mb="xs">
          What happened in between
        </Title>
        {events.length === 0 ? (
          <Text size="sm">Nothing.</Text>
        ) : (
          <ol className={classes['events']} start={events[0]?.revision}>
            {events.map((event) => (
              <li key={event.revision}>
                <div className={classes['when']}>
                  <strong>Revision {event.revision}</strong> · <Moment at={event.occurredAt} />
                </div>
                <Sentence event={event} parties={parties} />
              </li>
            ))}
          </ol>
        )}
        {goesOn && (
          <Text size="sm" c="dimmed">
            These are the first {events.length}; the history has the rest.
          </Text>
        )}
      </Paper>
    </>
  );
}

const EndName = ({ end }: { readonly end: Difference['from'] }): JSX.Element =>
  end === null ? <>Before it was created</> : <>At revision {end.revision}</>;
