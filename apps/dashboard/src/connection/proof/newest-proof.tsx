import { Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import type { Connection } from '../../connections/connection-queries';
import type { HistoryEvent } from '../event-types';
import { eventsAround, type Subject } from '../history-queries';
import { ProofBadge } from './proof-badge';
import { eventProofQuery } from './proof-queries';

interface NewestProofProps {
  readonly connection: Connection;
  readonly subject: Subject;
}

/** Whether the last event of the connection is in the log that the operator has signed. */
export function NewestProof({ connection, subject }: NewestProofProps): JSX.Element {
  const { revision } = connection.meta;
  const { data } = useQuery(eventsAround(subject, connection, revision));
  const event = data?.events.find((each) => each.revision === revision);
  return (
    <Group gap="xs" mih={24} role="status">
      <Text size="sm">Proof of the last event</Text>
      {event && <State event={event} subject={subject} />}
    </Group>
  );
}

function State({ event, subject }: { readonly event: HistoryEvent; readonly subject: Subject }): JSX.Element {
  const { data, error } = useQuery(eventProofQuery(subject, event));
  if (data !== undefined) return <ProofBadge kind={data.kind} />;
  return error === null ? <Text size="sm">Verifying …</Text> : <ProofBadge kind="unknown" />;
}
