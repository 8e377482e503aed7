import { Group, Text } from '@mantine/core';
import type { JSX, MouseEvent, ReactNode } from 'react';
import { Link, NavLink, ScrollRestoration } from 'react-router';
import type { Membership } from '../session/session-queries';
import classes from './frame.module.css';
import { Mark } from './mark';
import { OfflineBanner } from './offline-banner';
import { OrganizationMenu } from './organization-menu';
import { PersonMenu } from './person-menu';

interface FrameProps {
  /** The membership in the organization whose pages are shown; null outside of any. */
  readonly membership: Membership | null;
  /** Content for the header, such as whether the page is live. */
  readonly state?: ReactNode;
  readonly children: ReactNode;
}

const MAIN = 'main';

/** Header and navigation around a page. */
export function Frame({ membership, state, children }: FrameProps): JSX.Element {
  return (
    <div className={classes['frame']}>
      <a className={classes['skip']} href={`#${MAIN}`} onClick={skip}>
        Skip to the page
      </a>
      <header className={classes['header']}>
        <Group gap="sm" wrap="nowrap" miw={0}>
          <Link className={classes['brand']} to="/">
            <Mark />
            <Text span fw={600} className={classes['name'] ?? ''}>
              Connections
            </Text>
          </Link>
          {membership && <OrganizationMenu current={membership} />}
        </Group>
        <Group gap="xs" wrap="nowrap">
          {state}
          <PersonMenu />
        </Group>
      </header>
      <OfflineBanner />
      {membership && <Navigation organizationId={membership.organizationId} />}
      <main id={MAIN} className={classes['main']} tabIndex={-1}>
        {children}
      </main>
      <ScrollRestoration />
    </div>
  );
}

/** Keeps the address, which says what the page shows. */
function skip(event: MouseEvent): void {
  event.preventDefault();
  document.getElementById(MAIN)?.focus();
}

function Navigation({ organizationId }: { readonly organizationId: string }): JSX.Element {
  const start = `/o/${organizationId}`;
  return (
    <nav className={classes['navigation']} aria-label="Pages">
      <NavigationGroup name="Connect">
        <NavLink className={classes['link'] ?? ''} to={`${start}/connections`}>
          Connections
        </NavLink>
      </NavigationGroup>
      <NavigationGroup name="Organization">
        <NavLink className={classes['link'] ?? ''} to={`${start}/organization`}>
          Information
        </NavLink>
      </NavigationGroup>
    </nav>
  );
}

function NavigationGroup({ name, children }: { readonly name: string; readonly children: ReactNode }): JSX.Element {
  const id = `navigation-${name.toLowerCase()}`;
  return (
    <div className={classes['group']} role="group" aria-labelledby={id}>
      <span id={id} className={classes['groupName']}>
        {name}
      </span>
      {children}
    </div>
  );
}
