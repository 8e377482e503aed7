import { Anchor, Button, Card, Group, Stack, Table, Text, Title } from '@mantine/core';
import type { JSX } from 'react';
import { Link } from 'react-router';
import { useDeed } from '../api/deed';
import { Frame } from '../shell/frame';
import { PageHeading } from '../shell/page-heading';
import { Failure } from '../words/failure';
import { Moment } from '../words/moment';
import { roleWords } from '../words/roles';
import { Written } from '../words/written';
import { ChangePassword } from './change-password';
import { signOut } from './session-queries';
import { useSession } from './signed-in';

export function Page(): JSX.Element {
  const { person, memberships, hasPassword, createdAt, idleExpiresAt, expiresAt } = useSession().attributes;
  const signingOut = useDeed({ mutationFn: signOut });
  return (
    <Frame membership={null}>
      <Stack gap="lg">
        <PageHeading>Account</PageHeading>

        <Card withBorder component="section" aria-labelledby="person">
          <Title order={2} id="person" size="h4" mb="xs">
            You
          </Title>
          <Text fw={600}>
            <Written>{person.name}</Written>
          </Text>
          <Text size="sm">{person.email}</Text>
        </Card>

        <Card withBorder component="section" aria-labelledby="memberships">
          <Title order={2} id="memberships" size="h4" mb="xs">
            Your organizations
          </Title>
          {memberships.length === 0 ? (
            <Text size="sm">None yet. Ask an admin of your organization to invite {person.email}.</Text>
          ) : (
            <Table>
              <Table.Tbody>
                {memberships.map(({ organizationId, organizationName, role }) => (
                  <Table.Tr key={organizationId}>
                    <Table.Th scope="row">
                      <Anchor component={Link} to={`/o/${organizationId}/connections`} size="sm">
                        <Written>{organizationName}</Written>
                      </Anchor>
                    </Table.Th>
                    <Table.Td>
                      <Text size="sm" fw={600}>
                        {roleWords[role].name}
                      </Text>
                      <Text size="xs" c="dimmed">
                        {roleWords[role].meaning}
                      </Text>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )}
        </Card>

        <Card withBorder component="section" aria-labelledby="password">
          <Title order={2} id="password" size="h4" mb="xs">
            Password
          </Title>
          {hasPassword ? (
            <ChangePassword />
          ) : (
            <Text size="sm">You sign in by single sign-on, and have no password here.</Text>
          )}
        </Card>

        <Card withBorder component="section" aria-labelledby="session">
          <Title order={2} id="session" size="h4" mb="xs">
            Signed in
          </Title>
          <Text size="sm" mb="md">
            Since <Moment at={createdAt} />. Unless you are active, this ends <Moment at={idleExpiresAt} />, and at the
            latest <Moment at={expiresAt} />.
          </Text>
          {signingOut.error && <Failure error={signingOut.error} title="You are still signed in" />}
          <Group>
            <Button variant="default" loading={signingOut.isPending} onClick={() => signingOut.act({})}>
              Sign out
            </Button>
            <Button
              variant="default"
              loading={signingOut.isPending}
              onClick={() => signingOut.act({ everywhere: true })}
            >
              Sign out everywhere
            </Button>
          </Group>
          <Text size="xs" c="dimmed" mt="xs">
            Signing out everywhere ends all your sessions, on every machine, at once.
          </Text>
        </Card>
      </Stack>
    </Frame>
  );
}
