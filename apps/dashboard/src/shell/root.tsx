import { useNotifications } from '@mantine/notifications';
import { lazy, useEffect, type ComponentType, type JSX } from 'react';
import { Outlet } from 'react-router';
import { keepFocus } from './focus';
import { Hints } from './hints';
import { Once } from './once';
import { instead } from './unloaded';

/** If they cannot be loaded, there are none: no page fails for lack of notices. */
const Notices = lazy<ComponentType>(() =>
  import('./notices').then(
    ({ Notices: component }) => ({ default: component }),
    instead(() => null),
  ),
);

/** All pages, and what may appear over any of them. */
export function Root(): JSX.Element {
  useEffect(keepFocus, []);
  return (
    <>
      <Outlet />
      <Hints />
      <Once wanted={useNotifications().notifications.length > 0}>
        <Notices />
      </Once>
    </>
  );
}
