import { Button, Group, Stack } from '@mantine/core';
import { PlusIcon } from '@radix-ui/react-icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState, type JSX } from 'react';
import { useMembership } from '../shell/membership';
import { PageHeading } from '../shell/page-heading';
import { type AskedStep, StepDialog } from '../steps/step-dialog';
import { mayCommand } from '../words/roles';
import { connectionsQuery } from './connection-queries';
import { CreateDialog } from './create-dialog';
import { Decisions, DecisionsSkeleton, useDecisions } from './decisions';
import { NoConnections } from './empty';
import { ConnectionList, ListSkeleton } from './connection-list';
import { isFiltered, queryOf } from './list-view';
import { useListView } from './use-list-view';

export function Page(): JSX.Element {
  const membership = useMembership();
  const { organizationId, organizationName, role } = membership;
  const [view, show] = useListView();
  const list = useQuery({ ...connectionsQuery(organizationId, queryOf(view)), placeholderData: keepPreviousData });
  const decisions = useDecisions(membership);
  const [asked, ask] = useState<AskedStep | null>(null);
  const [isCreating, setCreating] = useState(false);

  const canCreate = mayCommand(role);
  const nothingThere = list.data?.data.length === 0 && !isFiltered(view) && view.cursor === null;

  return (
    <Stack gap="lg">
      <Group justify="space-between" wrap="nowrap">
        <PageHeading title={`Connections of ${organizationName}`}>Connections</PageHeading>
        {canCreate && (
          <Button leftSection={<PlusIcon aria-hidden />} onClick={() => setCreating(true)}>
            Create connection
          </Button>
        )}
      </Group>

      {decisions === undefined ? (
        <DecisionsSkeleton />
      ) : (
        <>
          <Decisions organizationId={organizationId} decisions={decisions} onAsk={ask} />
          {nothingThere ? (
            <NoConnections organizationId={organizationId} {...(canCreate && { onCreate: () => setCreating(true) })} />
          ) : (
            <ConnectionList organizationId={organizationId} list={list} view={view} onShow={show} onAsk={ask} />
          )}
        </>
      )}
      {decisions === undefined && <ListSkeleton />}

      <StepDialog organizationId={organizationId} asked={asked} onClose={() => ask(null)} />
      {canCreate && (
        <CreateDialog
          organizationId={organizationId}
          opened={isCreating}
          onClose={() => setCreating(false)}
          onAsk={(existing) => {
            setCreating(false);
            ask(existing);
          }}
        />
      )}
    </Stack>
  );
}
