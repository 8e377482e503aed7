import { Button, Container, Group, Stack, Text, Title } from '@mantine/core';
import type { JSX } from 'react';
import { Link, useRouteError } from 'react-router';
import { Problem } from '../api/problem';

interface Told {
  readonly title: string;
  /** What happened, and what to do. */
  readonly text: string;
}

/** What a person is told instead of a page: what happened, and the way on. */
export function Told({ title, text, children }: Told & { children?: React.ReactNode }): JSX.Element {
  return (
    <Container component="main" size="sm" py="xl">
      <Stack>
        <Title order={1}>{title}</Title>
        <Text>{text}</Text>
        <Group>
          {children}
          <Button component={Link} to="/" variant="default">
            Go to your connections
          </Button>
        </Group>
      </Stack>
    </Container>
  );
}

export const NotFoundPage = (): JSX.Element => (
  <Told
    title="There is nothing here"
    text="The address is wrong, or what was here is not visible to you. Check the address, or whether you are in the right organization."
  />
);

/** What is shown where a page failed. */
export function ErrorPage(): JSX.Element {
  return <FailurePage error={useRouteError()} />;
}

export function FailurePage({ error }: { readonly error: unknown }): JSX.Element {
  if (error instanceof Problem && error.status === 404) return <NotFoundPage />;
  return (
    <Told {...toldOf(error)}>
      <Button onClick={() => window.location.reload()}>Try again</Button>
    </Told>
  );
}

function toldOf(error: unknown): Told {
  if (!(error instanceof Problem)) {
    return {
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
