import { Text, VisuallyHidden } from '@mantine/core';
import { CaretSortIcon, CheckIcon } from '@radix-ui/react-icons';
import type { JSX } from 'react';
import { Link } from 'react-router';
import type { Membership } from '../session/session-queries';
import { useSession } from '../session/signed-in';
import { Written } from '../words/written';
import { Dropdown, dropdownItem } from './dropdown';
import classes from './frame.module.css';

/** The organization for which the person acts, and links to their others, if there are any. */
export function OrganizationMenu({ current }: { readonly current: Membership }): JSX.Element {
  const { memberships } = useSession().attributes;
  return (
    <div className={classes['organization']}>
      {memberships.length < 2 ? (
        <Text span size="sm" truncate display="block" px={6}>
          <Written>{current.organizationName}</Written>
        </Text>
      ) : (
        <Dropdown
          side="start"
          button={
            <>
              <VisuallyHidden>Organization:</VisuallyHidden>
              <Text span inherit truncate>
                <Written>{current.organizationName}</Written>
              </Text>
              <CaretSortIcon aria-hidden />
            </>
          }
        >
          {memberships.map((membership) => (
            <Choice key={membership.organizationId} membership={membership} isCurrent={membership === current} />
          ))}
        </Dropdown>
      )}
    </div>
  );
}

const Choice = ({
  membership: { organizationId, organizationName },
  isCurrent,
}: {
  readonly membership: Membership;
  readonly isCurrent: boolean;
}): JSX.Element => (
  <Link className={dropdownItem} to={`/o/${organizationId}/connections`} aria-current={isCurrent ? 'true' : undefined}>
    <div className={classes['choice']}>
      <Text size="sm" truncate>
        <Written>{organizationName}</Written>
      </Text>
      <Text size="xs" c="dimmed" truncate>
        {organizationId}
      </Text>
    </div>
    {isCurrent && <CheckIcon aria-hidden />}
  </Link>
);
