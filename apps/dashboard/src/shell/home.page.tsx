import { Button, Group, Stack, Text } from '@mantine/core';
import type { JSX } from 'react';
import { Navigate } from 'react-router';
import { useSession } from '../session/signed-in';
import { signOut } from '../session/session-queries';
import { Frame } from './frame';
import { membershipToBeginWith } from './last-organization';
import { PageHeading } from './page-heading';

/** Redirects to the connections of the organization for which the person acts. */
export function Page(): JSX.Element {
  const { memberships, person } = useSession().attributes;
  const membership = membershipToBeginWith(memberships);
  if (membership !== null) return <Navigate to={`/o/${membership.organizationId}/connections`} replace />;
  return (
    <Frame membership={null}>
      <Stack maw={640}>
        <PageHeading>You belong to no organization yet</PageHeading>
        <Text>
          Connections are made between organizations. Ask an admin of yours to invite {person.email}, and open the link
          that you are given. If your organization is not here at all, whoever runs this service can add it.
        </Text>
        <Group>
          <Button onClick={() => window.location.reload()}>Look again</Button>
          <Button variant="default" onClick={() => void signOut()}>
            Sign out
          </Button>
        </Group>
      </Stack>
    </Frame>
  );
}
