import { Alert, Button, Group, Progress, Stack, Text } from '@mantine/core';
import { CheckCircledIcon, CrossCircledIcon } from '@radix-ui/react-icons';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState, type JSX } from 'react';
import type { Connection } from '../../connections/connection-queries';
import { questions } from '../../questions';
import { Failure } from '../../words/failure';
import { Moment } from '../../words/moment';
import { type HistoryEvent } from '../event-types';
import { eventsAround, type Subject } from '../history-queries';
import { keysQuery, proofOf, whyNotHere } from './proof-queries';
import { type ProvenHistory, type UnprovenHistory, verifyHistory } from './verify-history';

/** How many proofs are requested at once. */
const AT_ONCE = 10;

interface WholeHistoryProps {
  readonly connection: Connection;
  readonly subject: Subject;
}

/** Verifies every event of the connection in this browser. */
export function WholeHistory({ connection, subject }: WholeHistoryProps): JSX.Element {
  const total = connection.meta.revision + 1;
  const [verified, setVerified] = useState(0);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);

  const verifying = useMutation({
    mutationFn: async (): Promise<ProvenHistory | UnprovenHistory | null> => {
      const stopping = new AbortController();
      stop.current = stopping;
      setVerified(0);
      try {
        return await verifyAll(subject, connection, setVerified, stopping.signal);
      } catch (error) {
        if (stopping.signal.aborted) return null;
        throw error;
      }
    },
  });
  const obstacle = whyNotHere();
  const result = verifying.data;
  return (
    <Stack gap="sm">
      <Text size="sm">
        Each event is looked for in the log that the operator has signed: its hash has to lead to the root of the signed
        checkpoint, and it has to name the event before it. This browser does the reckoning, by RFC 6962 and Ed25519.
      </Text>
      {obstacle === null ? (
        <Group gap="sm">
          <Button onClick={() => verifying.mutate()} loading={verifying.isPending}>
            Verify all {total.toLocaleString()} events
          </Button>
          {verifying.isPending && (
            <Button variant="default" onClick={() => stop.current?.abort()}>
              Stop
            </Button>
          )}
        </Group>
      ) : (
        <Alert color="gray" title="This cannot be verified here">
          {obstacle} An export can be verified on any machine.
        </Alert>
      )}
      {verifying.isPending && (
        <Stack gap={4}>
          <Progress value={(100 * verified) / total} aria-label="Events verified" />
          <Text size="sm">
            {verified.toLocaleString()} of {total.toLocaleString()}
          </Text>
        </Stack>
      )}
      <div role="status">
        {result === null && <Text size="sm">Stopped; nothing is known of the rest.</Text>}
        {result && <Verdict result={result} />}
      </div>
      {verifying.error && <Failure error={verifying.error} title="Not everything could be looked at" />}
    </Stack>
  );
}

/** The default colour of the title is too faint to read. */
const LEGIBLE = { title: { color: 'var(--mantine-color-text)' } };

function Verdict({ result }: { readonly result: ProvenHistory | UnprovenHistory }): JSX.Element {
  if ('why' in result) {
    return (
      <Alert
        color="red"
        styles={LEGIBLE}
        title={`Revision ${result.revision} is not proven`}
        icon={<CrossCircledIcon aria-hidden />}
      >
        {result.why} Keep an export of what there is, and ask the operator: this is what proofs are for.
      </Alert>
    );
  }
  const { events, checkpoint } = result;
  return (
    <Alert
      color="teal"
      styles={LEGIBLE}
      title={`All ${events.toLocaleString()} events are proven`}
      icon={<CheckCircledIcon aria-hidden />}
    >
      <Text size="sm">
        Their hashes are in the log of {checkpoint.size.toLocaleString()} events that {checkpoint.origin} signed with
        key {checkpoint.signedBy.join(' and ')}, <Moment at={checkpoint.signedAt} />, in one row without a gap.
      </Text>
    </Alert>
  );
}

async function verifyAll(
  subject: Subject,
  connection: Connection,
  onProgress: (events: number) => void,
  signal: AbortSignal,
): Promise<ProvenHistory | UnprovenHistory> {
  const keys = await questions.query(keysQuery(subject.organizationId));
  // Signs a checkpoint if none covers the last event yet; all other events are proven by the same one.
  const { treeSize } = await proofOf(subject, connection.meta.revision, null, signal);
  return verifyHistory(
    partsOf(subject, connection, signal),
    (revision) => proofOf(subject, revision, treeSize, signal),
    keys,
    onProgress,
  );
}

async function* partsOf(
  subject: Subject,
  connection: Connection,
  signal: AbortSignal,
): AsyncIterable<readonly HistoryEvent[]> {
  for (let revision = 0; revision <= connection.meta.revision;) {
    signal.throwIfAborted();
    const { events } = await questions.query(eventsAround(subject, connection, revision));
    for (let at = 0; at < events.length; at += AT_ONCE) {
      signal.throwIfAborted();
      yield events.slice(at, at + AT_ONCE);
    }
    if (events.length === 0) return;
    revision += events.length;
  }
}
