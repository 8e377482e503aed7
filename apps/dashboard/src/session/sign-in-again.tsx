import { Anchor, Stack, Text } from '@mantine/core';
import { useDocumentVisibility } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, type JSX } from 'react';
import { useLocation } from 'react-router';
import { questions } from '../questions';
import { Dialog } from '../shell/dialog';
import { useSessionEnded } from './ended';
import { signInAddress } from './return-to';
import { askWhoIsSignedIn, type Session, sessionBegan, signInMethodsQuery } from './session-queries';
import { SignInForm } from './sign-in-form';

/** When the session has ended, lets the person sign in again over the page, so that nothing typed is lost. */
export function SignInAgain({ session }: { readonly session: Session }): JSX.Element {
  const ended = useSessionEnded();
  const { pathname, search } = useLocation();
  const visibility = useDocumentVisibility();
  const { person, hasPassword } = session.attributes;
  const { name, email } = person;
  // Loaded first, so that the dialog can begin with the method that the person has.
  const { isFetched } = useQuery(signInMethodsQuery);

  const goOn = (begun: Session): void => {
    sessionBegan(begun);
    void questions.invalidateQueries();
  };

  // The person may have signed in elsewhere meanwhile, such as by single sign-on in another tab.
  useEffect(() => {
    if (ended && visibility === 'visible') void askWhoIsSignedIn();
  }, [ended, visibility]);

  return (
    <Dialog
      stackId="sign-in-again"
      opened={ended && (hasPassword || isFetched)}
      onClose={() => undefined}
      closeOnEscape={false}
      withCloseButton={false}
      title="Sign in again to go on"
    >
      <Stack>
        <Text>Your session has ended, {name}. What you typed is still there.</Text>
        <SignInForm email={email} returnTo="/account" signOnElsewhere hasPassword={hasPassword} onSignedIn={goOn} />
        <Anchor size="sm" href={signInAddress(pathname + search)}>
          Sign in as somebody else; what you typed is lost then
        </Anchor>
      </Stack>
    </Dialog>
  );
}
