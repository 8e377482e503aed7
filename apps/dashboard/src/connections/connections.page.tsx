import { Button, Group, Stack } from '@mantine/core';
import { PlusIcon } from '@radix-ui/react-icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { startTransition, useEffect, useState, type JSX } from 'react';
import { useLocation } from 'react-router';
import { later } from '../shell/later';
import { useMembership } from '../shell/membership';
import { Once } from '../shell/once';
import { PageHeading } from '../shell/page-heading';
import type { AskedStep } from '../steps/step-dialog';
import { StepDialogLater } from '../steps/step-dialog-later';
import { isolated } from '../words/isolated';
import { mayCommand } from '../words/roles';
import { connectionsQuery } from './connection-queries';
import { Decisions, DecisionsSkeleton, useDecisions } from './decisions';
import { NoConnections } from './empty';
import { ConnectionList, ListSkeleton } from './connection-list';
import { useHeightBefore } from './height-before';
import { rememberList } from './last-list';
import { isFiltered, queryOf } from './list-view';
import { useListView } from './use-list-view';

const [CreateDialog, prepareDialog] = later(async () => (await import('./create-dialog')).CreateDialog);

export function Page(): JSX.Element {
  const membership = useMembership();
  const { organizationId, organizationName, role } = membership;
  const [view, show] = useListView();
  const list = useQuery({ ...connectionsQuery(organizationId, queryOf(view)), placeholderData: keepPreviousData });
  const decisions = useDecisions(membership);
  const [asked, ask] = useState<AskedStep | null>(null);
  const [isCreating, setCreating] = useState(false);

  const { search } = useLocation();
  useEffect(() => rememberList(organizationId, search), [organizationId, search]);
  const heightBefore = useHeightBefore(decisions !== undefined && !list.isPending);

  const canCreate = mayCommand(role);
  // Data of the previous view says nothing about this one.
  const isNone = list.data?.data.length === 0 && !list.isPlaceholderData;
  const nothingThere = isNone && !isFiltered(view) && view.cursor === null;

  return (
    <Stack gap="lg" justify="flex-start" {...heightBefore}>
      <Group justify="space-between">
        <PageHeading title={`Connections of ${isolated(organizationName)}`}>Connections</PageHeading>
        {canCreate && (
          <Button
            leftSection={<PlusIcon aria-hidden />}
            onPointerEnter={prepareDialog}
            onFocus={prepareDialog}
            // As a transition, so that the page stays responsive: rendering a dialog takes longer than a key press.
            onClick={() => startTransition(() => setCreating(true))}
          >
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

      <StepDialogLater organizationId={organizationId} asked={asked} onClose={() => ask(null)} />
      {canCreate && (
        <Once wanted={isCreating}>
          <CreateDialog
            organizationId={organizationId}
            opened={isCreating}
            onClose={() => startTransition(() => setCreating(false))}
            onAsk={(existing) => {
              setCreating(false);
              ask(existing);
            }}
          />
        </Once>
      )}
    </Stack>
  );
}
