import { Card, Group, SimpleGrid, Text } from '@mantine/core';
import type { JSX } from 'react';
import { Link } from 'react-router';
import { StepButtons } from '../steps/step-buttons';
import type { AskedStep } from '../steps/step-dialog';
import { Direction } from '../words/direction';
import { Moment } from '../words/moment';
import { StatusBadge } from '../words/status';
import { Written } from '../words/written';
import { addressOf, type Connection, titleOf } from './connection-queries';
import classes from './connection-table.module.css';
import { Counterparty } from './counterparty';

interface ConnectionCardsProps {
  readonly organizationId: string;
  readonly connections: readonly Connection[];
  readonly onAsk: (asked: AskedStep) => void;
}

/** Connections as cards, for when there is no room for a table. */
export const ConnectionCards = ({ organizationId, connections, onAsk }: ConnectionCardsProps): JSX.Element => (
  <SimpleGrid component="ul" cols={{ base: 1, sm: 2 }} spacing="sm" p={0} m={0} style={{ listStyle: 'none' }}>
    {connections.map((connection) => (
      <Card key={connection.id} component="li" withBorder padding="sm" className={classes['row'] ?? ''} h="auto">
        <Group justify="space-between" wrap="nowrap" align="flex-start" mb={6}>
          <Link
            className={`${classes['link'] ?? ''} ${classes['name'] ?? ''}`}
            to={addressOf(organizationId, connection.id)}
          >
            <Written>{titleOf(connection)}</Written>
          </Link>
          <StatusBadge status={connection.attributes.status} />
        </Group>
        <Group gap="xs" mb={4} fz="sm">
          {connection.meta.role && <Direction role={connection.meta.role} />}
        </Group>
        <Counterparty connection={connection} />
        <Text size="xs" mt={6} style={{ overflowWrap: 'anywhere' }}>
          {connection.attributes.scopes.join(', ')}
        </Text>
        <Group justify="space-between" mt="sm">
          <Text size="xs" c="dimmed">
            Changed <Moment at={connection.attributes.updatedAt} />
          </Text>
          <StepButtons connection={connection} onAsk={onAsk} className={classes['above'] ?? ''} />
        </Group>
      </Card>
    ))}
  </SimpleGrid>
);
