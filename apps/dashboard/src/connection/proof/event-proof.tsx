import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { JSX } from 'react';
import { Failure } from '../../words/failure';
import { Moment } from '../../words/moment';
import type { Subject } from '../history-queries';
import { eventProofQuery, latestCheckpointQuery, type ProofState, type ProvableEvent, prove } from './proof-queries';
import { ProofBadge } from './proof-badge';

interface EventProofProps {
  readonly event: ProvableEvent;
  readonly subject: Subject;
}

/** Whether an event is in the log that the operator has signed, verified in this browser. */
export function EventProof({ event, subject }: EventProofProps): JSX.Element {
  const client = useQueryClient();
  const query = eventProofQuery(subject, event);
  const { data: state, error, refetch, isFetching } = useQuery(query);
  const asking = useMutation({
    mutationFn: () => prove(subject, event, null),
    onSuccess: (proven) => {
      client.setQueryData(query.queryKey, proven);
      void client.invalidateQueries({ queryKey: latestCheckpointQuery(subject.organizationId).queryKey });
    },
  });
  return (
    <Stack gap={4} role="status">
      <Group gap="xs" mih={24}>
        <Text size="xs" c="dimmed">
          Proof
        </Text>
        {state && <ProofBadge kind={state.kind} />}
        {!state && !error && <Text size="sm">Verifying …</Text>}
      </Group>
      {state && <Told state={state} />}
      {(error ?? asking.error) && (
        <Failure error={(error ?? asking.error) as Error} title="The proof could not be read" />
      )}
      <Group gap="xs">
        {state?.kind === 'pending' && (
          <Button size="xs" variant="default" loading={asking.isPending} onClick={() => asking.mutate()}>
            Ask for a checkpoint now
          </Button>
        )}
        {(error !== null || state?.kind === 'unknown' || state?.kind === 'failed') && (
          <Button size="xs" variant="default" loading={isFetching} onClick={() => void refetch()}>
            Verify again
          </Button>
        )}
      </Group>
    </Stack>
  );
}

function Told({ state }: { readonly state: ProofState }): JSX.Element {
  if (state.kind !== 'proven') return <Text size="sm">{state.why}</Text>;
  const { size, signedAt, signedBy, origin } = state.checkpoint;
  return (
    <Text size="sm">
      Its hash is event {(state.leafIndex + 1).toLocaleString()} of the {size.toLocaleString()} that {origin} signed
      with key {signedBy.join(' and ')}, <Moment at={signedAt} />.
    </Text>
  );
}
