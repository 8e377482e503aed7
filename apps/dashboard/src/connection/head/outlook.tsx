import { List, Paper, Stack, Text, Title } from '@mantine/core';
import type { JSX } from 'react';
import { type NextStep, outlookOf, statusWords, stepWords } from '@connections/connection/domain/words';
import { counterpartyOf, type Connection } from '../../connections/connection-queries';
import { useMembership } from '../../shell/membership';
import { isolated } from '../../words/isolated';
import { nextSteps } from '../next-steps';
import type { Parties } from '../parties';

interface OutlookProps {
  readonly connection: Connection;
  readonly parties: Parties;
  readonly isPast: boolean;
}

/** The present state, and who may do what next. */
export function Outlook({ connection, parties, isPast }: OutlookProps): JSX.Element {
  const { role, organizationName } = useMembership();
  const { status } = connection.attributes;
  const part = connection.meta.role ?? 'source';
  const { ours, theirs } = nextSteps(status, part);
  const counterparty = counterpartyOf(connection);
  // A past state has no next step. For the present, the service says what the person may do.
  const onlyOthers = !isPast && ours.length > connection.meta.allowedActions.length;
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="outlook">
      <Stack gap="sm">
        <Title order={2} id="outlook" fz="h5">
          {isPast ? 'What could come next then' : 'What can come next'}
        </Title>
        <Text size="sm">{isPast ? statusWords[status].meaning : outlookOf(status, { role: part, counterparty })}</Text>
        <List size="sm" spacing={4}>
          <Can who={`${isolated(organizationName)} (your organization)`} steps={ours} isPast={isPast} />
          <Can who={part === 'source' ? parties.destination : parties.source} steps={theirs} isPast={isPast} />
        </List>
        {onlyOthers && (
          <Text size="sm" c="dimmed">
            With your role, {role}, you may look and take no steps; members and admins of your organization may.
          </Text>
        )}
      </Stack>
    </Paper>
  );
}

interface CanProps {
  readonly who: string;
  readonly steps: readonly NextStep[];
  readonly isPast: boolean;
}

const Can = ({ who, steps, isPast }: CanProps): JSX.Element => (
  <List.Item>
    {who} {isPast ? 'could' : 'can'}{' '}
    {steps.length === 0 ? 'do nothing' : steps.map((step) => stepWords[step].toLowerCase()).join(' or ')}
  </List.Item>
);
