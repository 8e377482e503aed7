import { Avatar, Menu, Text, UnstyledButton } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { ExitIcon, PersonIcon } from '@radix-ui/react-icons';
import type { JSX } from 'react';
import { Link } from 'react-router';
import { useMutation } from '@tanstack/react-query';
import { useSession } from '../session/signed-in';
import { signOut } from '../session/session-queries';

/** Who is signed in, with the way to the account and out. */
export function PersonMenu(): JSX.Element {
  const { name, email } = useSession().attributes.person;
  const signingOut = useMutation({
    mutationFn: () => signOut(),
    onError: ({ message }) => notifications.show({ color: 'red', title: 'You are still signed in', message }),
  });
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <UnstyledButton aria-label={`You: ${name}`}>
          <Avatar name={name} color="initials" size={34} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text span display="block" size="sm" c="var(--mantine-color-text)" fw={600} truncate>
            {name}
          </Text>
          <Text span display="block" size="xs" truncate>
            {email}
          </Text>
        </Menu.Label>
        <Menu.Divider />
        <Menu.Item component={Link} to="/account" leftSection={<PersonIcon aria-hidden />}>
          Account
        </Menu.Item>
        <Menu.Item leftSection={<ExitIcon aria-hidden />} onClick={() => signingOut.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
