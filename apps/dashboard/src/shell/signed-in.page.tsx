import { Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, type JSX } from 'react';
import { Navigate, Outlet, useLocation } from 'react-router';
import { isProblem } from '../api/problem';
import { signInAddress } from '../session/return-to';
import { sessionQuery } from '../session/session-queries';
import { SignInAgain } from '../session/sign-in-again';
import { SignedIn } from '../session/signed-in';
import { Alone, FailurePage } from './error-page';

/** What all pages stand in that are for people who are signed in. Whoever is not goes to sign in, and comes back. */
export function Page(): JSX.Element | null {
  const { pathname, search } = useLocation();
  const { data: session, error } = useQuery(sessionQuery);

  const person = session?.attributes.person.id;
  const first = useRef(person);
  useEffect(() => {
    first.current ??= person;
    // Somebody else has signed in in another tab: nothing that is shown here is theirs.
    if (person !== first.current) window.location.reload();
  }, [person]);

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
      <Modal.Stack>
        <Outlet />
        <SignInAgain session={session} />
      </Modal.Stack>
    </SignedIn>
  );
}
