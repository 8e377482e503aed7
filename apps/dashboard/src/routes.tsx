import { createBrowserRouter, Navigate, type RouteObject } from 'react-router';
import { Alone, ErrorPage, NotFoundPage } from './shell/error-page';
import { Root } from './shell/root';

/**
 * A page that is loaded on first visit. If that fails, the frame around it stays. The error boundary is a route of its
 * own, since the router renders nothing of a route that could not be loaded.
 */
const page = (path: string, load: () => Promise<{ Page: React.ComponentType }>): RouteObject => ({
  ErrorBoundary: ErrorPage,
  children: [{ path, lazy: async () => ({ Component: (await load()).Page }) }],
});

/** A frame around pages. If it cannot be loaded, the error is shown without a frame. */
const frame = (load: () => Promise<{ Page: React.ComponentType }>): Pick<RouteObject, 'lazy'> => ({
  lazy: async () => ({ Component: (await load()).Page }),
});

/** All addresses of the dashboard. */
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
    // Keeps the content of index.html until the page is loaded.
    HydrateFallback: () => <p className="waiting">Connections</p>,
    errorElement: (
      <Alone>
        <ErrorPage />
      </Alone>
    ),
    children: routes,
  },
]);
