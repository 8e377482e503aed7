import { Button, Group, NativeSelect, Stack, Table, Text, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState, type JSX } from 'react';
import { useSession } from '../session/signed-in';
import { useMembership } from '../shell/membership';
import { isolated } from '../words/isolated';
import { Moment } from '../words/moment';
import { mayManage, type Role, roles, roleWords, withArticle } from '../words/roles';
import { Written } from '../words/written';
import { type Asked, ConfirmDialog } from './confirm-dialog';
import { Invitations } from './invitations';
import { InviteDialog } from './invite-dialog';
import { List } from './list';
import { administration, type Member, membersQuery } from './organization-queries';

/** The members of the organization and, for an admin, the people who are invited. */
export function Members(): JSX.Element {
  const { organizationId, organizationName, role } = useMembership();
  const { id: self } = useSession().attributes.person;
  const members = useInfiniteQuery(membersQuery(organizationId));
  const [asked, ask] = useState<Asked | null>(null);
  const [isInviting, setInviting] = useState(false);
  const canManage = mayManage(role);
  const admin = administration(organizationId);

  const askRole = ({ id, attributes }: Member, next: Role): void =>
    ask({
      title: `Make ${isolated(attributes.name)} ${withArticle(next)}`,
      consequence: `${roleWords[next].meaning} This counts at once.`,
      deed: `Make ${withArticle(next)}`,
      done: `${isolated(attributes.name)} is ${withArticle(next)} now.`,
      act: (key) => admin.changeRole(id, next, key),
    });
  const askRemoval = ({ id, attributes }: Member): void =>
    ask({
      title: `Remove ${isolated(attributes.name)}`,
      consequence: `${id === self ? 'You' : isolated(attributes.name)} can no longer see or do anything for ${isolated(organizationName)}, at once. What was done before stays in the history. An admin can invite again later.`,
      deed: 'Remove',
      done: `${isolated(attributes.name)} was removed.`,
      act: (key) => admin.removeMember(id, key),
    });

  return (
    <Stack gap="xl">
      <Stack component="section" aria-labelledby="members" gap="xs">
        <Group justify="space-between">
          <Title order={2} id="members" size="h4">
            Members
          </Title>
          {canManage && <Button onClick={() => setInviting(true)}>Invite somebody</Button>}
        </Group>
        <List
          label="Members"
          query={members}
          columns={['Name', 'Role', 'Joined', 'Last seen', ...(canManage ? ['Manage'] : [])]}
          empty="Nobody belongs to this organization yet."
          row={(member) => (
            <Table.Tr key={member.id}>
              <Table.Th scope="row" fw="normal">
                <Text size="sm" fw={600}>
                  <Written>{member.attributes.name}</Written>
                  {member.id === self && ' (you)'}
                </Text>
                <Text size="xs" c="dimmed">
                  {member.attributes.email}
                </Text>
              </Table.Th>
              <Table.Td>
                {canManage ? (
                  <NativeSelect
                    size="xs"
                    miw={110}
                    aria-label={`Role of ${isolated(member.attributes.name)}`}
                    data={roles.map((value) => ({ value, label: roleWords[value].name }))}
                    value={member.attributes.role}
                    onChange={(event) => askRole(member, event.currentTarget.value as Role)}
                  />
                ) : (
                  roleWords[member.attributes.role].name
                )}
              </Table.Td>
              <Table.Td>
                <Moment day at={member.attributes.joinedAt} />
              </Table.Td>
              <Table.Td>
                {member.attributes.lastSeenAt === null ? 'Never' : <Moment at={member.attributes.lastSeenAt} />}
              </Table.Td>
              {canManage && (
                <Table.Td>
                  <Button
                    size="compact-sm"
                    variant="subtle"
                    color="red"
                    aria-label={`Remove ${isolated(member.attributes.name)}`}
                    onClick={() => askRemoval(member)}
                  >
                    Remove
                  </Button>
                </Table.Td>
              )}
            </Table.Tr>
          )}
        />
      </Stack>
      {canManage && <Invitations onAsk={ask} />}
      <ConfirmDialog asked={asked} onClose={() => ask(null)} />
      {canManage && <InviteDialog opened={isInviting} onClose={() => setInviting(false)} />}
    </Stack>
  );
}
