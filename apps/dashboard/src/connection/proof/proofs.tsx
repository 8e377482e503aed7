import { Alert, Code, Paper, Stack, Text, Title } from '@mantine/core';
import { InfoCircledIcon } from '@radix-ui/react-icons';
import { useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import type { Connection } from '../../connections/connection-queries';
import { Export } from '../export/export';
import type { Subject } from '../history-queries';
import { keysQuery, whyNotHere } from './proof-queries';
import { WholeHistory } from './whole-history';

interface ProofsProps {
  readonly connection: Connection;
  readonly subject: Subject;
}

/** Proofs that the history is the one that was recorded: verified here, or elsewhere from a file. */
export function Proofs({ connection, subject }: ProofsProps): JSX.Element {
  return (
    <Stack gap="md">
      <Paper withBorder p="md" component="section" aria-labelledby="proof">
        <Stack gap="sm">
          <Title order={2} id="proof" fz="h5">
            Proof
          </Title>
          <WholeHistory connection={connection} subject={subject} />
          <Limits organizationId={subject.organizationId} />
        </Stack>
      </Paper>
      <Export connectionId={connection.id} />
    </Stack>
  );
}

/** What a proof on this page does not prove. */
function Limits({ organizationId }: { readonly organizationId: string }): JSX.Element {
  const { data: keys } = useQuery({ ...keysQuery(organizationId), enabled: whyNotHere() === null });
  return (
    <Alert variant="light" color="gray" title="What this takes on trust" icon={<InfoCircledIcon aria-hidden />}>
      <Stack gap={4}>
        <Text size="sm">
          The keys come from the service itself. Compare them with those that you have from the operator by another way:{' '}
          {keys?.map(({ name, id }) => (
            <Code key={id}>
              {name}+{id}
            </Code>
          ))}
        </Text>
        <Text size="sm">
          That a hash is the hash of what is shown here is not verified: the service tells hashes, and the stored bytes
          only in an export. Verify an export for that.
        </Text>
      </Stack>
    </Alert>
  );
}
