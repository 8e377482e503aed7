import { useNotifications } from '@mantine/notifications';
import { lazy, useEffect, type ComponentType, type JSX } from 'react';
import { Outlet } from 'react-router';
import { keepFocus } from './focus';
import { Hints } from './hints';
import { Once } from './once';
import { instead } from './unloaded';

/** Where they cannot be loaded, there are none: no page fails for want of a notice. */
const Notices = lazy<ComponentType>(() =>
  import('./notices').then(
    ({ Notices: component }) => ({ default: component }),
    instead(() => null),
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
