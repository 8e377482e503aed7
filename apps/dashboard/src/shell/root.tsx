import { lazy, Suspense, type JSX } from 'react';
import { Outlet } from 'react-router';
import { Hints } from './hints';

const Notices = lazy(() => import('./notices').then(({ Notices: component }) => ({ default: component })));

/** Every page, and what may appear beside any. */
export const Root = (): JSX.Element => (
  <>
    <Outlet />
    <Hints />
    <Suspense>
      <Notices />
    </Suspense>
  </>
);
