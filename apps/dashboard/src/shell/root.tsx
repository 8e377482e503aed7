import { useNotifications } from '@mantine/notifications';
import { lazy, type JSX } from 'react';
import { Outlet } from 'react-router';
import { Hints } from './hints';
import { Once } from './once';

const Notices = lazy(() => import('./notices').then(({ Notices: component }) => ({ default: component })));

/** Every page, and what may appear beside any. */
export const Root = (): JSX.Element => (
  <>
    <Outlet />
    <Hints />
    <Once wanted={useNotifications().notifications.length > 0}>
      <Notices />
    </Once>
  </>
);
