import { Group, Text } from '@mantine/core';
import type { JSX } from 'react';
import { Copy } from '../words/copy';
import type { Connection } from './connection-queries';

/** The other party: its name, and its Organization ID to be copied. */
export function Counterparty({ connection }: { readonly connection: Connection }): JSX.Element | null {
  const { counterparty } = connection.meta;
  if (counterparty === null) return null;
  return (
    <div>
      {counterparty.name !== null && <Text size="sm">{counterparty.name}</Text>}
      <Group gap={2} wrap="nowrap">
        <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {counterparty.organizationId}
        </Text>
        <Copy value={counterparty.organizationId} what="Organization ID" />
      </Group>
    </div>
  );
}
