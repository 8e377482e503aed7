import { Button, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { JSX } from 'react';
import { Identifier } from '../words/identifier';

interface NoConnectionsProps {
  readonly organizationId: string;
  /** Absent for people who may not create connections. */
  readonly onCreate?: () => void;
}

/** What to do when there are no connections at all. */
export const NoConnections = ({ organizationId, onCreate }: NoConnectionsProps): JSX.Element => (
  <Paper withBorder p={{ base: 'md', sm: 'xl' }}>
    <Title order={2} size="h3" mb={4}>
      No connections yet
    </Title>
    <Text c="dimmed" mb="lg">
      A connection lets one organization share data with another. The one that shares creates it, the other activates
      it.
    </Text>
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl">
      <Stack gap="xs" align="flex-start">
        <Title order={3} size="h5">
          To share data with a partner
        </Title>
        <Text size="sm">
          Ask your partner for its Organization ID and create a connection. Your partner then activates it.
        </Text>
        {onCreate === undefined ? (
          <Text size="sm" c="dimmed">
            Your role reads only: a member or an admin of your organization can create connections.
          </Text>
        ) : (
          <Button onClick={onCreate}>Create your first connection</Button>
        )}
      </Stack>
      <Stack gap="xs" align="flex-start">
        <Title order={3} size="h5">
          To receive data from a partner
        </Title>
        <Text size="sm">
          Give your Organization ID to your partner. What it creates appears here, for you to activate.
        </Text>
        <Identifier id={organizationId} what="Organization ID" />
      </Stack>
    </SimpleGrid>
  </Paper>
);

/** What to do when no connection matches the filters. */
export const NoneMatch = ({ onClear }: { readonly onClear: () => void }): JSX.Element => (
  <Paper withBorder p={{ base: 'md', sm: 'xl' }}>
    <Title order={2} size="h4" mb={4}>
      No connection matches
    </Title>
    <Text c="dimmed" mb="md">
      There are connections, but none that fits what you look for.
    </Text>
    <Group>
      <Button variant="default" onClick={onClear}>
        Clear filters
      </Button>
    </Group>
  </Paper>
);
