import { createBrowserRouter, Navigate, type RouteObject } from 'react-router';
import { Alone, ErrorPage, NotFoundPage } from './shell/error-page';
import { Root } from './shell/root';

/**
 * A page that is loaded when somebody goes there first. Where it fails, what it stands in stays. The error has a route of
 * its own: the router shows nothing of one that could not be loaded.
 */
const page = (path: string, load: () => Promise<{ Page: React.ComponentType }>): RouteObject => ({
  ErrorBoundary: ErrorPage,
  children: [{ path, lazy: async () => ({ Component: (await load()).Page }) }],
});

/** What others stand in. Where it fails, there is nothing around the error. */
const frame = (load: () => Promise<{ Page: React.ComponentType }>): Pick<RouteObject, 'lazy'> => ({
  lazy: async () => ({ Component: (await load()).Page }),
});

/** Every address of the dashboard. */
const routes: RouteObject[] = [
  { path: '/sign-in', ...frame(() => import('./session/sign-in.page')) },
  { path: '/invitations', ...frame(() => import('./session/invitation.page')) },
  {
    ...frame(() => import('./shell/signed-in.page')),
    children: [
      { path: '/', ...frame(() => import('./shell/home.page')) },
      { path: '/account', ...frame(() => import('./session/account.page')) },
      {
        path: '/o/:organizationId',
        ...frame(() => import('./shell/organization-shell.page')),
        children: [
          { index: true, element: <Navigate to="connections" replace /> },
          page('connections', () => import('./connections/connections.page')),
          page('connections/:connectionId', () => import('./connection/connection.page')),
          page('organization', () => import('./organization/organization.page')),
          { path: '*', Component: NotFoundPage },
        ],
      },
    ],
  },
  {
    path: '*',
    element: (
      <Alone>
        <NotFoundPage />
      </Alone>
    ),
  },
];

export const router = createBrowserRouter([
  {
    Component: Root,
    // What index.html shows stays until the page is there.
    HydrateFallback: () => <p className="waiting">Connections</p>,
    errorElement: (
      <Alone>
        <ErrorPage />
      </Alone>
    ),
    children: routes,
  },
]);
