import { useNotifications } from '@mantine/notifications';
import { lazy, useEffect, type JSX } from 'react';
import { Outlet } from 'react-router';
import { keepFocus } from './focus';
import { Hints } from './hints';
import { Once } from './once';

/** Where they cannot be loaded, there are none: no page fails for want of a notice. */
const Notices = lazy<() => JSX.Element | null>(() =>
  import('./notices').then(
    ({ Notices: component }) => ({ default: component }),
    () => ({ default: () => null }),
  ),
);

/** Every page, and what may appear beside any. */
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
