import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { ChevronLeftIcon } from '@radix-ui/react-icons';
import { useState, type JSX } from 'react';
import { Link } from 'react-router';
import { type NextStep, stepWords } from '@connections/connection/domain/words';
import { type Connection, titleOf } from '../../connections/connection-queries';
import { lastListAddress } from '../../connections/last-list';
import { useMembership } from '../../shell/membership';
import { PageHeading } from '../../shell/page-heading';
import type { AskedStep } from '../../steps/step-dialog';
import { StepDialogLater } from '../../steps/step-dialog-later';
import { StatusBadge } from '../../words/status';
import { Written } from '../../words/written';
import type { Parties } from '../parties';

interface HeadProps {
  /** The connection as it is now: steps are taken on this. */
  readonly connection: Connection;
  /** The connection as it is shown, now or at a past time; null if it did not exist then, or is not loaded yet. */
  readonly shown: Connection | null;
  readonly parties: Parties;
  readonly isPast: boolean;
  /** Called with the connection after a step. */
  readonly onDone: (connection: Connection) => void;
}

/** The connection's title and status, and the steps that the person may take now. */
export function Head({ connection, shown, parties, isPast, onDone }: HeadProps): JSX.Element {
  const { organizationId } = useMembership();
  const [asked, setAsked] = useState<AskedStep | null>(null);
  return (
    <Stack gap="xs">
      <Anchor component={Link} to={lastListAddress(organizationId)} size="sm" w="fit-content">
        <Group gap={4} component="span">
          <ChevronLeftIcon aria-hidden /> Connections
        </Group>
      </Anchor>
      <Group justify="space-between" align="flex-start" gap="md">
        <Stack gap={4} miw={0}>
          <Group gap="sm">
            <PageHeading fz="h2">{titleOf(connection)}</PageHeading>
            {shown && <StatusBadge status={shown.attributes.status} />}
            {isPast && shown && <Text>then, at revision {shown.meta.revision}</Text>}
          </Group>
          <Text>
            <strong>
              <Written>{parties.source}</Written>
            </strong>{' '}
            shares with{' '}
            <strong>
              <Written>{parties.destination}</Written>
            </strong>
          </Text>
        </Stack>
        {!isPast && (
          <Group gap="xs">
            {connection.meta.allowedActions.map((step) => (
              <Button key={step} {...LOOK[step]} onClick={() => setAsked({ step, connection })}>
                {stepWords[step]}
              </Button>
            ))}
          </Group>
        )}
      </Group>
      <StepDialogLater organizationId={organizationId} asked={asked} onClose={() => setAsked(null)} onDone={onDone} />
    </Stack>
  );
}

const LOOK: Readonly<Record<NextStep, object>> = {
  activate: {},
  deactivate: { variant: 'default' },
  reactivate: {},
};
