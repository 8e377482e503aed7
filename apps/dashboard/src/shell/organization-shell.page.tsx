import { notifications } from '@mantine/notifications';
import { useEffect, useRef, useState, type JSX } from 'react';
import { Outlet, useParams } from 'react-router';
import { LiveState } from '../live/live-state';
import type { Membership } from '../session/session-queries';
import { useSession } from '../session/signed-in';
import { isolated } from '../words/isolated';
import { withArticle } from '../words/roles';
import { NotFoundPage, Told } from './error-page';
import { Frame } from './frame';
import { rememberOrganization } from './last-organization';
import { SpeaksFor } from './membership';

/** The frame of one organization's pages. To people who are not members, the organization does not exist. */
export function Page(): JSX.Element {
  const { organizationId } = useParams();
  const { memberships } = useSession().attributes;
  const membership = memberships.find((candidate) => candidate.organizationId === organizationId) ?? null;

  useEffect(() => {
    if (membership !== null) rememberOrganization(membership.organizationId);
  }, [membership]);

  const before = useRef<Membership | null>(null);
  useEffect(() => {
    if (membership !== null && isOfAnotherRole(membership, before.current)) tellRole(membership);
    before.current = membership;
  }, [membership]);

  const [last, setLast] = useState(membership);
  if (membership !== null && membership !== last) setLast(membership);

  if (membership === null) {
    return (
      <Frame membership={null}>
        {last !== null && last.organizationId === organizationId ? <Removed membership={last} /> : <NotFoundPage />}
      </Frame>
    );
  }
  return (
    // Keyed, so that another organization's pages start over: nothing typed or chosen for one is meant for the other.
    <SpeaksFor key={membership.organizationId} value={membership}>
      <Frame membership={membership} state={<LiveState />}>
        <Outlet />
      </Frame>
    </SpeaksFor>
  );
}

/** For a person who was a member until just now, and may know what became of that. */
const Removed = ({ membership }: { readonly membership: Membership }): JSX.Element => (
  <Told
    title={`You are no longer a member of ${isolated(membership.organizationName)}`}
    text="You were removed, and can no longer see or do anything for it. An admin can invite you again."
  />
);

const isOfAnotherRole = (now: Membership, before: Membership | null): boolean =>
  before !== null && before.organizationId === now.organizationId && before.role !== now.role;

/** A new role may remove what somebody was using, such as a dialog for admins: they are told why. */
const tellRole = ({ role, organizationName }: Membership): void =>
  void notifications.show({
    title: 'Your role was changed',
    message: `You are ${withArticle(role)} of ${isolated(organizationName)} now. What you may no longer do is offered no more.`,
  });
