import { Group, Text } from '@mantine/core';
import type { JSX } from 'react';
import { Copy } from '../words/copy';
import { Written } from '../words/written';
import type { Connection } from './connection-queries';

/** The other party: its name, and its Organization ID with a button to copy it. */
export function Counterparty({ connection }: { readonly connection: Connection }): JSX.Element | null {
  const { counterparty } = connection.meta;
  if (counterparty === null) return null;
  return (
    <div>
      {counterparty.name !== null && (
        <Text size="sm">
          <Written>{counterparty.name}</Written>
        </Text>
      )}
      <Group gap={2} wrap="nowrap">
        <Text size="xs" c="dimmed" truncate maw={150} title={counterparty.organizationId}>
          {counterparty.organizationId}
        </Text>
        <Copy value={counterparty.organizationId} what="Organization ID" />
      </Group>
    </div>
  );
}
