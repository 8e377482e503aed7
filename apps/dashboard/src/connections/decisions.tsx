import { Anchor, Box, Button, Card, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import type { JSX } from 'react';
import { Link } from 'react-router';
import type { PartyRole, Status } from '@connections/connection/domain/lifecycle';
import { questions } from '../questions';
import type { Membership } from '../session/session-queries';
import { StepButtons } from '../steps/step-buttons';
import type { AskedStep } from '../steps/step-dialog';
import { Failure } from '../words/failure';
import { Moment } from '../words/moment';
import { mayCommand } from '../words/roles';
import { Written } from '../words/written';
import {
  addressOf,
  type Connection,
  connectionKeys,
  connectionsQuery,
  counterpartyOf,
  titleOf,
} from './connection-queries';
import { parametersOf, queryOf, wholeView } from './list-view';

/** How many of each kind are shown at once; the list below has all of them. */
const SHOWN = 3;

interface Some {
  readonly connections: readonly Connection[];
  readonly isMore: boolean;
}

/** What this person may do next towards sharing. */
export interface DecisionsToTake {
  /** Pending connections that the organization may activate. */
  readonly offered: Some;
  /** The organization's own connections that it may return to pending. */
  readonly ended: Some;
  /** Why some of it is unknown; null if all is known. */
  readonly error: Error | null;
}

const waiting = (status: Status, role: PartyRole) => ({ ...wholeView, statuses: [status], role });
const offers = waiting('pending', 'destination');
const ownEnded = waiting('inactive', 'source');

const NOTHING: Some = { connections: [], isMore: false };

/** @returns undefined until it is known, or it is certain that it cannot be. */
export function useDecisions({ organizationId, role }: Membership): DecisionsToTake | undefined {
  const may = mayCommand(role);
  return useQueries({
    queries: [offers, ownEnded].map((view) => ({
      ...connectionsQuery(organizationId, { ...queryOf(view), 'page[size]': SHOWN }),
      enabled: may,
    })),
    combine: ([offered, ended]) => {
      if (!may) return { offered: NOTHING, ended: NOTHING, error: null };
      if (offered?.isPending !== false || ended?.isPending !== false) return undefined;
      // Earlier data is still shown; the list says that it may be outdated.
      const unread = [offered, ended].find(({ data }) => data === undefined);
      return { offered: some(offered.data), ended: some(ended.data), error: unread?.error ?? null };
    },
  });
}

const some = (page: { data: Connection[]; links: { next: string | null } } | undefined): Some =>
  page === undefined ? NOTHING : { connections: page.data, isMore: page.links.next !== null };

interface DecisionsProps {
  readonly organizationId: string;
  readonly decisions: DecisionsToTake;
  readonly onAsk: (asked: AskedStep) => void;
}

/** At the top of the page: what waits for this person, and what they may take up again. */
export function Decisions({ organizationId, decisions, onAsk }: DecisionsProps): JSX.Element | null {
  const { offered, ended, error } = decisions;
  if (error === null && offered.connections.length === 0 && ended.connections.length === 0) return null;
  return (
    <Stack gap="md">
      {error && (
        <Failure error={error} title="What needs your decision could not be read">
          <Button variant="default" size="xs" mt="xs" onClick={() => void readAgain(organizationId)}>
            Try again
          </Button>
        </Failure>
      )}
      {offered.connections.length > 0 && (
        <Box component="section" aria-labelledby="offered">
          <Title order={2} id="offered" size="h4" mb="xs">
            Needs your decision
          </Title>
          <Stack gap="xs">
            {offered.connections.map((connection) => (
              <Offer key={connection.id} organizationId={organizationId} connection={connection} onAsk={onAsk} />
            ))}
          </Stack>
          {offered.isMore && <More view={offers}>All that wait for you</More>}
        </Box>
      )}
      {ended.connections.length > 0 && (
        <Box component="section" aria-labelledby="ended">
          <Title order={2} id="ended" size="h6" c="dimmed" mb={4}>
            You can take up again
          </Title>
          <Stack gap={4}>
            {ended.connections.map((connection) => (
              <Group key={connection.id} gap="xs" justify="space-between">
                <Text size="sm">
                  <Anchor component={Link} to={addressOf(organizationId, connection.id)} size="sm">
                    <Written>{titleOf(connection)}</Written>
                  </Anchor>{' '}
                  with <Written>{counterpartyOf(connection)}</Written>, inactive since{' '}
                  <Moment at={connection.attributes.updatedAt} />
                </Text>
                <StepButtons connection={connection} onAsk={onAsk} />
              </Group>
            ))}
          </Stack>
          {ended.isMore && <More view={ownEnded}>All that you can take up again</More>}
        </Box>
      )}
    </Stack>
  );
}

const readAgain = (organizationId: string): Promise<void> =>
  questions.invalidateQueries({ queryKey: connectionKeys.lists(organizationId) });

function Offer({
  organizationId,
  connection,
  onAsk,
}: {
  readonly organizationId: string;
  readonly connection: Connection;
  readonly onAsk: (asked: AskedStep) => void;
}): JSX.Element {
  const { attributes } = connection;
  return (
    <Card withBorder padding="sm" style={{ borderInlineStart: '4px solid var(--mantine-primary-color-filled)' }}>
      <Group justify="space-between">
        <Box miw={0}>
          <Text fw={600}>
            <Written>{counterpartyOf(connection)}</Written> wants to share data with you
          </Text>
          <Text size="sm">
            <Anchor component={Link} to={addressOf(organizationId, connection.id)} size="sm">
              <Written>{titleOf(connection)}</Written>
            </Anchor>
            {' · '}
            {attributes.scopes.join(', ')}
            {' · since '}
            <Moment at={attributes.updatedAt} />
          </Text>
        </Box>
        <StepButtons connection={connection} onAsk={onAsk} />
      </Group>
    </Card>
  );
}

const More = ({ view, children }: { readonly view: typeof offers; readonly children: string }): JSX.Element => (
  <Anchor component={Link} to={{ search: parametersOf(view).toString() }} size="sm" display="inline-block" mt={4}>
    {children}
  </Anchor>
);

/** A placeholder until it is known what waits. */
export const DecisionsSkeleton = (): JSX.Element => <Skeleton height={72} aria-hidden />;
