import { Button, Container, Group, Stack, Text } from '@mantine/core';
import type { JSX, ReactNode } from 'react';
import { Link, useRouteError } from 'react-router';
import { Problem } from '../api/problem';
import { LoadAnew } from './load-anew';
import { PageHeading } from './page-heading';
import { isUnloaded } from './unloaded';

interface Told {
  readonly title: string;
  /** What happened, and what to do. */
  readonly text: string;
}

/** A message in place of a page: what happened, and how to go on. */
export function Told({ title, text, children }: Told & { readonly children?: ReactNode }): JSX.Element {
  return (
    <Stack maw={640}>
      <PageHeading>{title}</PageHeading>
      <Text>{text}</Text>
      <Group>
        {children}
        <Button component={Link} to="/" variant="default">
          Go to your connections
        </Button>
      </Group>
    </Stack>
  );
}

export const NotFoundPage = (): JSX.Element => (
  <Told
    title="There is nothing here"
    text="The address is wrong, or what was here is not visible to you. Check the address, and whether you are in the right organization."
  />
);

/** A page without header and navigation, for when these are unknown, or failed themselves. */
export const Alone = ({ children }: { readonly children: ReactNode }): JSX.Element => (
  <Container component="main" size="sm" py="xl">
    {children}
  </Container>
);

/** Shown in place of a page that failed. */
export function ErrorPage(): JSX.Element {
  return <FailurePage error={useRouteError()} />;
}

/** @param onRetry tries again; without it, the whole page is reloaded. */
export function FailurePage({
  error,
  onRetry,
}: {
  readonly error: unknown;
  readonly onRetry?: () => unknown;
}): JSX.Element {
  if (error instanceof Problem && error.status === 404) return <NotFoundPage />;
  return (
    <Told {...toldOf(error)}>
      {onRetry ? <Button onClick={() => void onRetry()}>Try again</Button> : <LoadAnew>Try again</LoadAnew>}
    </Told>
  );
}

function toldOf(error: unknown): Told {
  if (!(error instanceof Problem)) {
    return isUnloaded(error)
      ? {
          title: 'This page could not be loaded',
          text: 'You are offline, or there is a newer version of the dashboard. Try again.',
        }
      : {
          title: 'The dashboard has a defect',
          text: 'Nothing you did was lost on the server. Try again; if it stays, tell whoever runs this service.',
        };
  }
  const quote = error.requestId === null ? '' : ` When you ask for help, quote ${error.requestId}.`;
  if (error.status === 0) return { title: 'You are offline, or the service is', text: error.message };
  if (error.status === 401) return { title: 'You are signed out', text: 'Sign in again to go on.' };
  if (error.status === 403) return { title: 'You may not do this', text: error.message };
  return { title: 'The service could not answer', text: `${error.message}${quote}` };
}
