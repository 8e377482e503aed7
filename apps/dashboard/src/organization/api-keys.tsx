import { Badge, Button, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState, type JSX } from 'react';
import { useMembership } from '../shell/membership';
import { isolated } from '../words/isolated';
import { Moment } from '../words/moment';
import { roleWords } from '../words/roles';
import { Written } from '../words/written';
import { type Asked, ConfirmDialog } from './confirm-dialog';
import { List } from './list';
import { MakeKeyDialog } from './make-key-dialog';
import { administration, type ApiKey, apiKeysQuery } from './organization-queries';

/** The API keys of the organization. */
export function ApiKeys(): JSX.Element {
  const { organizationId } = useMembership();
  const keys = useInfiniteQuery(apiKeysQuery(organizationId));
  const [asked, ask] = useState<Asked | null>(null);
  const [isMaking, setMaking] = useState(false);
  const admin = administration(organizationId);

  const askRevocation = ({ id, attributes: { name } }: ApiKey): void =>
    ask({
      title: `Revoke the key ${isolated(name)}`,
      consequence: 'Whatever uses this key is refused from now on. A key that was revoked never works again.',
      deed: 'Revoke',
      done: `The key ${isolated(name)} was revoked.`,
      act: (key) => admin.revokeKey(id, key),
    });

  return (
    <Stack component="section" aria-labelledby="api-keys" gap="xs">
      <Group justify="space-between">
        <Title order={2} id="api-keys" size="h4">
          API keys
        </Title>
        <Button onClick={() => setMaking(true)}>Make API key</Button>
      </Group>
      <Text size="sm" c="dimmed">
        Programs use them to speak for your organization. Each is shown once, when it is made.
      </Text>
      <List
        label="API keys"
        query={keys}
        columns={['Name', 'Role', 'Made', 'Last used', 'Ends', 'Manage']}
        empty="There are no keys. Programs need one to use the API."
        row={(apiKey) => <Row key={apiKey.id} apiKey={apiKey} onRevoke={() => askRevocation(apiKey)} />}
      />
      <ConfirmDialog asked={asked} onClose={() => ask(null)} />
      <MakeKeyDialog opened={isMaking} onClose={() => setMaking(false)} />
    </Stack>
  );
}

function Row({ apiKey, onRevoke }: { readonly apiKey: ApiKey; readonly onRevoke: () => void }): JSX.Element {
  const { name, role, createdAt, lastUsedAt, expiresAt, revokedAt } = apiKey.attributes;
  const isExpired = expiresAt !== null && new Date(expiresAt) < new Date();
  return (
    <Table.Tr>
      <Table.Th scope="row" fw="normal">
        <Text size="sm" fw={600}>
          <Written>{name}</Written>
        </Text>
        <Text size="xs" c="dimmed">
          {apiKey.id}
        </Text>
      </Table.Th>
      <Table.Td>{role in roleWords ? roleWords[role as keyof typeof roleWords].name : role}</Table.Td>
      <Table.Td>
        <Moment day at={createdAt} />
      </Table.Td>
      <Table.Td>{lastUsedAt === null ? 'Never' : <Moment at={lastUsedAt} />}</Table.Td>
      <Table.Td>
        {revokedAt !== null ? (
          <Badge variant="light" color="gray" tt="none">
            Revoked
          </Badge>
        ) : isExpired ? (
          <Badge variant="light" color="gray" tt="none">
            Expired
          </Badge>
        ) : expiresAt === null ? (
          'Never'
        ) : (
          <Moment day at={expiresAt} />
        )}
      </Table.Td>
      <Table.Td>
        {revokedAt === null && (
          <Button
            size="compact-sm"
            variant="subtle"
            color="red"
            aria-label={`Revoke the key ${isolated(name)}`}
            onClick={onRevoke}
          >
            Revoke
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
