import { Button, Stack, Table, Text, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import { useMembership } from '../shell/membership';
import { Moment } from '../words/moment';
import { roleWords } from '../words/roles';
import type { Asked } from './confirm-dialog';
import { List } from './list';
import { administration, type Invitation, openInvitationsQuery } from './organization-queries';

/** The people who are invited and have not joined yet. */
export function Invitations({ onAsk }: { readonly onAsk: (asked: Asked) => void }): JSX.Element {
  const { organizationId } = useMembership();
  const invitations = useInfiniteQuery(openInvitationsQuery(organizationId));
  const admin = administration(organizationId);

  const askRevocation = ({ id, attributes: { email } }: Invitation): void =>
    onAsk({
      title: `Take back the invitation of ${email}`,
      consequence: 'The link no longer leads anywhere, at once. You can invite the same person again.',
      deed: 'Take back',
      done: `The invitation of ${email} was taken back.`,
      act: (key) => admin.revokeInvitation(id, key),
    });

  return (
    <Stack component="section" aria-labelledby="invitations" gap="xs">
      <Title order={2} id="invitations" size="h4">
        Open invitations
      </Title>
      <List
        label="Open invitations"
        query={invitations}
        columns={['Who', 'Role', 'Until', 'Manage']}
        empty="Nobody is invited now. An invitation is a link that you hand over yourself; no e-mail is sent."
        row={(invitation) => {
          const { email, role, expiresAt } = invitation.attributes;
          return (
            <Table.Tr key={invitation.id}>
              <Table.Th scope="row" fw="normal">
                <Text size="sm">{email}</Text>
              </Table.Th>
              <Table.Td>{roleWords[role].name}</Table.Td>
              <Table.Td>
                <Moment at={expiresAt} />
              </Table.Td>
              <Table.Td>
                <Button
                  size="compact-sm"
                  variant="subtle"
                  color="red"
                  aria-label={`Take back the invitation of ${email}`}
                  onClick={() => askRevocation(invitation)}
                >
                  Take back
                </Button>
              </Table.Td>
            </Table.Tr>
          );
        }}
      />
    </Stack>
  );
}
