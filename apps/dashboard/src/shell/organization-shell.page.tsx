import { useEffect, type JSX } from 'react';
import { Outlet, useParams } from 'react-router';
import { LiveState } from '../live/live-state';
import { useSession } from '../session/signed-in';
import { NotFoundPage } from './error-page';
import { Frame } from './frame';
import { rememberOrganization } from './last-organization';
import { SpeaksFor } from './membership';

/** What the pages of one organization stand in. To whoever is no member of it, it does not exist. */
export function Page(): JSX.Element {
  const { organizationId } = useParams();
  const { memberships } = useSession().attributes;
  const membership = memberships.find((candidate) => candidate.organizationId === organizationId) ?? null;

  useEffect(() => {
    if (membership !== null) rememberOrganization(membership.organizationId);
  }, [membership]);

  if (membership === null) {
    return (
      <Frame membership={null}>
        <NotFoundPage />
      </Frame>
    );
  }
  return (
    // Another organization's pages begin anew: nothing typed or chosen for one is meant for the other.
    <SpeaksFor key={membership.organizationId} value={membership}>
      <Frame membership={membership} state={<LiveState organizationId={membership.organizationId} />}>
        <Outlet />
      </Frame>
    </SpeaksFor>
  );
}
