import { createBrowserRouter, type RouteObject } from 'react-router';
import { ErrorPage, NotFoundPage } from './shell/error-page';

/** A page that is loaded when somebody goes there first. */
const page = (load: () => Promise<{ Page: React.ComponentType }>): Pick<RouteObject, 'lazy'> => ({
  lazy: async () => ({ Component: (await load()).Page }),
});

/** Every address of the dashboard. */
const routes: RouteObject[] = [
  { path: '/sign-in', ...page(() => import('./session/sign-in.page')) },
  { path: '/invitations', ...page(() => import('./session/invitation.page')) },
  {
    ...page(() => import('./shell/signed-in.page')),
    children: [
      { path: '/', ...page(() => import('./shell/home.page')) },
      { path: '/account', ...page(() => import('./session/account.page')) },
      {
        path: '/o/:organizationId',
        ...page(() => import('./shell/organization-shell.page')),
        children: [
          { index: true, ...page(() => import('./connections/connections.page')) },
          { path: 'connections', ...page(() => import('./connections/connections.page')) },
          { path: 'connections/:connectionId', ...page(() => import('./connection/connection.page')) },
          { path: 'organization', ...page(() => import('./organization/organization.page')) },
        ],
      },
    ],
  },
  { path: '*', Component: NotFoundPage },
];

export const router = createBrowserRouter([{ ErrorBoundary: ErrorPage, children: routes }]);
