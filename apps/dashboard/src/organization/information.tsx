import { Card, Code, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { JSX, ReactNode } from 'react';
import { useMembership } from '../shell/membership';
import { CopyWithWords } from '../words/copy';
import { Failure } from '../words/failure';
import { Moment } from '../words/moment';
import { roleWords } from '../words/roles';
import { Written } from '../words/written';
import { organizationQuery } from './organization-queries';

/** The name of the organization, and the id that partners need. */
export function Information(): JSX.Element {
  const { organizationId, organizationName, role } = useMembership();
  const { data: organization, error } = useQuery(organizationQuery(organizationId));
  return (
    <Stack maw={720}>
      {error && <Failure error={error} title="Not all of it can be shown" />}
      <Card withBorder>
        <Text size="sm" c="dimmed">
          Organization ID
        </Text>
        <Code fz="lg" bg="transparent" p={0} mb="sm" style={{ overflowWrap: 'anywhere' }}>
          {organizationId}
        </Code>
        <Text size="sm" mb="sm">
          Give it to partners who want to share data with you: they need it to create a connection. It is no secret.
        </Text>
        <div>
          <CopyWithWords value={organizationId} what="Organization ID" />
        </div>
      </Card>
      <Card withBorder>
        <Stack gap="sm">
          <Fact name="Name">
            <Written>{organization?.attributes.name ?? organizationName}</Written>
          </Fact>
          <Fact name="Here since">
            {organization === undefined ? '…' : <Moment day at={organization.attributes.createdAt} />}
          </Fact>
          <Fact name="Your role">
            {roleWords[role].name}: {roleWords[role].meaning}
          </Fact>
        </Stack>
      </Card>
    </Stack>
  );
}

const Fact = ({ name, children }: { readonly name: string; readonly children: ReactNode }): JSX.Element => (
  <div>
    <Text size="sm" c="dimmed">
      {name}
    </Text>
    <Text>{children}</Text>
  </div>
);
