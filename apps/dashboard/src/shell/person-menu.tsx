import { Text, VisuallyHidden } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { ExitIcon, PersonIcon } from '@radix-ui/react-icons';
import type { JSX } from 'react';
import { Link } from 'react-router';
import { useDeed } from '../api/deed';
import { signOut } from '../session/session-queries';
import { useSession } from '../session/signed-in';
import { Written } from '../words/written';
import { Dropdown, dropdownItem } from './dropdown';
import classes from './frame.module.css';

/** The person signed in, with links to the account and to sign out. */
export function PersonMenu(): JSX.Element {
  const { name, email } = useSession().attributes.person;
  const signingOut = useDeed({
    mutationFn: () => signOut(),
    onError: ({ message }) =>
      notifications.show({ role: 'alert', color: 'red', title: 'You are still signed in', message }),
  });
  return (
    <Dropdown
      side="end"
      button={
        <>
          <span aria-hidden className={classes['initials']}>
            {initialsOf(name)}
          </span>
          <VisuallyHidden>
            Your account: <Written>{name}</Written>
          </VisuallyHidden>
        </>
      }
    >
      <div className={classes['person']}>
        <Text size="sm" fw={600} truncate>
          <Written>{name}</Written>
        </Text>
        <Text size="xs" c="dimmed" truncate>
          {email}
        </Text>
      </div>
      <Link className={dropdownItem} to="/account">
        <PersonIcon aria-hidden />
        Account
      </Link>
      <button type="button" className={dropdownItem} onClick={() => signingOut.act()}>
        <ExitIcon aria-hidden />
        Sign out
      </button>
    </Dropdown>
  );
}

/** The first letters of the first and the last word. */
const initialsOf = (name: string): string => {
  const words = name.trim().split(/\s+/);
  return [words[0], ...(words.length > 1 ? [words.at(-1)] : [])].map((word) => [...(word ?? '')][0] ?? '').join('');
};
