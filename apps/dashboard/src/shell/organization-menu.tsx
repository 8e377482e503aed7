import { Button, Menu, Text } from '@mantine/core';
import { CaretSortIcon, CheckIcon } from '@radix-ui/react-icons';
import type { JSX } from 'react';
import { Link } from 'react-router';
import type { Membership } from '../session/session-queries';
import { useSession } from '../session/signed-in';
import classes from './menus.module.css';

/** For which organization the person speaks, and the way to the others where there are such. */
export function OrganizationMenu({ current }: { readonly current: Membership }): JSX.Element {
  const { memberships } = useSession().attributes;
  if (memberships.length < 2) {
    return (
      <Text span size="sm" truncate className={classes['organization'] ?? ''}>
        {current.organizationName}
      </Text>
    );
  }
  return (
    <Menu position="bottom-start" width={280}>
      <Menu.Target>
        <Button
          variant="default"
          size="compact-md"
          fw={500}
          fz="sm"
          miw={0}
          rightSection={<CaretSortIcon aria-hidden />}
          aria-label={`Organization: ${current.organizationName}`}
        >
          <Text span inherit truncate>
            {current.organizationName}
          </Text>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Speak for</Menu.Label>
        {memberships.map(({ organizationId, organizationName }) => {
          const isCurrent = organizationId === current.organizationId;
          return (
            <Menu.Item
              key={organizationId}
              component={Link}
              to={`/o/${organizationId}/connections`}
              aria-current={isCurrent ? 'true' : undefined}
              rightSection={isCurrent && <CheckIcon aria-hidden />}
            >
              <Text span inherit display="block" truncate>
                {organizationName}
              </Text>
              <Text span size="xs" c="dimmed">
                {organizationId}
              </Text>
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
