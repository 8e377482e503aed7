import { ModalStack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import { Navigate, Outlet, useLocation } from 'react-router';
import { isProblem } from '../api/problem';
import { useSessionEnded } from '../session/ended';
import { useOnePerson } from '../session/one-person';
import { signInAddress } from '../session/return-to';
import { sessionQuery } from '../session/session-queries';
import { SignedIn } from '../session/signed-in';
import { Alone, FailurePage } from './error-page';
import { later } from './later';
import { Once } from './once';

const [SignInAgain] = later(async () => (await import('../session/sign-in-again')).SignInAgain, { isAhead: true });

/** The frame of all pages for people who are signed in. Others are sent to sign in, and come back. */
export function Page(): JSX.Element | null {
  const { pathname, search } = useLocation();
  const { data: session, error } = useQuery(sessionQuery);
  const ended = useSessionEnded();

  useOnePerson(session);

  if (session === undefined) {
    if (isProblem(error, 'unauthenticated')) return <Navigate to={signInAddress(pathname + search)} replace />;
    return (
      error && (
        <Alone>
          <FailurePage error={error} />
        </Alone>
      )
    );
  }
  return (
    <SignedIn value={session}>
      <ModalStack>
        <Outlet />
        <Once wanted={ended}>
          <SignInAgain session={session} />
        </Once>
      </ModalStack>
    </SignedIn>
  );
}
