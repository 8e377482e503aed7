import { Button, Divider, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type JSX, type ReactNode } from 'react';
import { useDeed } from '../api/deed';
import { problemAt } from '../api/problem';
import { Failure } from '../words/failure';
import { Form } from '../words/form';
import { PasswordField } from '../words/password-field';
import { signOnAddress } from './return-to';
import { type Session, signIn, signInMethodsQuery } from './session-queries';

interface SignInFormProps {
  /** The address of the person who has to sign in, if that is known; nobody else can sign in then. */
  readonly email?: string;
  /** The address that single sign-on comes back to. */
  readonly returnTo: string;
  /** Opens single sign-on in another tab, so that this page stays as it is. */
  readonly signOnElsewhere?: boolean;
  /** Whether the person has a password; one without is asked for it only if there is no other method. */
  readonly hasPassword?: boolean;
  readonly onSignedIn: (session: Session) => void;
  /** A message that is shown until they try. */
  readonly children?: ReactNode;
}

/** Asks for e-mail address and password, and offers single sign-on if it is configured. */
export function SignInForm({
  email,
  returnTo,
  signOnElsewhere = false,
  hasPassword = true,
  onSignedIn,
  children,
}: SignInFormProps): JSX.Element {
  const [typedEmail, setTypedEmail] = useState('');
  const [password, setPassword] = useState('');
  const { data: methods, error: unknown, isFetching, refetch } = useQuery(signInMethodsQuery);
  const signingIn = useDeed({ mutationFn: signIn, onSuccess: onSignedIn });
  const refused = signingIn.error;
  const asksForPassword = hasPassword || methods?.singleSignOn === null;

  const submit = (): void => {
    signingIn.act({ email: (email ?? typedEmail).trim(), password });
  };

  return (
    <Form onSubmit={submit} refused={refused}>
      <Stack>
        {signingIn.isIdle && children}
        {refused && <Failure error={refused} title="You are not signed in" besideFields={FIELDS} />}
        <TextInput
          label="E-mail"
          type="email"
          name="email"
          autoComplete="username"
          value={email ?? typedEmail}
          readOnly={email !== undefined}
          onChange={(event) => setTypedEmail(event.currentTarget.value)}
          error={problemAt(refused, 'email')}
          autoFocus={email === undefined}
        />
        {asksForPassword && (
          <>
            <PasswordField
              label="Password"
              name="password"
              autoComplete="current-password"
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              error={problemAt(refused, 'password')}
              data-autofocus
            />
            <Button type="submit" fullWidth loading={signingIn.isPending}>
              Sign in
            </Button>
          </>
        )}
        {!asksForPassword && methods === undefined && (
          <>
            {unknown && <Failure error={unknown} title="How you can sign in is not known" />}
            <Button fullWidth loading={isFetching} onClick={() => void refetch()} data-autofocus>
              Try again
            </Button>
          </>
        )}
        {methods?.singleSignOn && (
          <>
            {asksForPassword && <Divider label="or" />}
            <Button
              component="a"
              variant="default"
              fullWidth
              href={signOnAddress(returnTo)}
              {...(signOnElsewhere && { target: '_blank' })}
              {...(!asksForPassword && { 'data-autofocus': true })}
            >
              Sign in with {methods.singleSignOn.name}
              {signOnElsewhere && ' (in a new tab)'}
            </Button>
          </>
        )}
      </Stack>
    </Form>
  );
}

const FIELDS = ['email', 'password'];
