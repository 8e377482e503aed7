import { Button, Group, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, type JSX } from 'react';
import { Navigate, useNavigate } from 'react-router';
import type { components } from '@connections/client/generated';
import { useDeed } from '../api/deed';
import { answered, apiFor } from '../api/api';
import { isProblem, type Problem, problemAt } from '../api/problem';
import { Alone, FailurePage, Told } from '../shell/error-page';
import { PlainFrame } from '../shell/plain-frame';
import { Failure } from '../words/failure';
import { Form } from '../words/form';
import { isolated } from '../words/isolated';
import { Moment } from '../words/moment';
import { PasswordField } from '../words/password-field';
import { roleWords } from '../words/roles';
import { forgetInvitation, invitationToken } from './invitation-token';
import { newPasswordProblem, passwordHint } from './password-rules';
import { INVITATION, signOnAddress } from './return-to';
import { kept, type Session, sessionBegan, sessionQuery, signInMethodsQuery, signOut } from './session-queries';

type Invitation = components['schemas']['InvitationViewAnswer']['data']['attributes'];

export function Page(): JSX.Element {
  const [token, setToken] = useState(invitationToken);
  // If another link is opened in this tab, only the part after the # changes, and the page is not reloaded.
  useEffect(() => {
    const opened = (): void => setToken(invitationToken());
    window.addEventListener('hashchange', opened);
    return () => window.removeEventListener('hashchange', opened);
  }, []);
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: async ({ signal }) =>
      (
        await answered(
          apiFor(null).POST('/api/v1/invitations/view', {
            body: { data: { attributes: { token: token ?? '' } } },
            signal,
          }),
        )
      ).data.attributes,
    enabled: token !== null,
    staleTime: Infinity,
  });
  const { data: session, isPending: isAsking } = useQuery(sessionQuery);

  if (token === null || isProblem(invitation.error, 'not-found')) return <NoInvitation />;
  if (isProblem(invitation.error, 'invitation-ended') && !isAsking) {
    return session !== undefined && stateOf(invitation.error) === 'accepted' ? (
      <Joined />
    ) : (
      <Ended error={invitation.error} />
    );
  }
  if (invitation.error && !isAsking) {
    return (
      <Alone>
        <FailurePage error={invitation.error} />
      </Alone>
    );
  }
  if (invitation.data === undefined || isAsking) {
    return (
      <PlainFrame title="You are invited">
        <Skeleton height={240} />
      </PlainFrame>
    );
  }
  return <Join key={token} token={token} invitation={invitation.data} session={session ?? null} />;
}

const NoInvitation = (): JSX.Element => (
  <Alone>
    <Told
      title="This link leads to no invitation"
      text="Was it copied as a whole? If it was, ask the admin who gave it to you for a new one."
    />
  </Alone>
);

const stateOf = ({ problems }: Problem): string | undefined => problems[0]?.meta?.state;

/** For a person who has already joined, such as by single sign-on, which accepts all invitations to their address. */
function Joined(): JSX.Element {
  useEffect(forgetInvitation, []);
  return <Navigate to="/" replace />;
}

const Ended = ({ error }: { readonly error: Problem }): JSX.Element => (
  <Alone>
    <Told
      title="This invitation has ended"
      text={`${error.message} If you have joined already, sign in. Otherwise, ask the admin who gave it to you for a new one.`}
    />
  </Alone>
);

interface JoinProps {
  readonly token: string;
  readonly invitation: Invitation;
  readonly session: Session | null;
}

const FIELDS = ['name', 'password'];

function Join({ token, invitation, session }: JoinProps): JSX.Element {
  const { organizationName, email, role, hasAccount, expiresAt } = invitation;
  const navigate = useNavigate();
  const { data: methods } = useQuery(signInMethodsQuery);
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [isSent, setSent] = useState(false);
  const person = session?.attributes.person ?? null;
  const asksForPassword = person === null;
  const asksForName = asksForPassword && !hasAccount;

  const joining = useDeed({
    mutationFn: async () =>
      kept(
        (
          await answered(
            apiFor(null).POST('/api/v1/invitations/accept', {
              body: {
                data: {
                  attributes: {
                    token,
                    ...(asksForName && { name: name.trim() }),
                    ...(asksForPassword && { password }),
                  },
                },
              },
            }),
          )
        ).data,
      ),
    onSuccess: (begun) => {
      forgetInvitation();
      sessionBegan(begun);
      // The newest membership is the last one.
      const joined = begun.attributes.memberships.at(-1);
      void navigate(joined === undefined ? '/' : `/o/${joined.organizationId}/connections`, { replace: true });
    },
  });
  const refused = joining.error;
  const answerAt = (attribute: string): string | null => problemAt(refused, attribute);

  if (person !== null && person.email !== email) return <SomebodyElse invited={email} signedIn={person.email} />;

  const nameProblem = asksForName && name.trim() === '' ? 'Say how you are called.' : null;
  const passwordProblem = !asksForPassword
    ? null
    : hasAccount
      ? password === ''
        ? 'Type the password of your account.'
        : null
      : newPasswordProblem(password);
  const submit = (): void => {
    setSent(true);
    if ((nameProblem ?? passwordProblem) === null) joining.act();
  };

  return (
    <PlainFrame title={`Join ${isolated(organizationName)}`}>
      <Form onSubmit={submit} refused={refused}>
        <Stack>
          <Text>
            You are invited as <b>{roleWords[role].name.toLowerCase()}</b>. {roleWords[role].meaning}
          </Text>
          <TextInput label="E-mail" type="email" autoComplete="username" value={email} readOnly />
          {asksForName && (
            <TextInput
              label="Your name"
              description="Members of your organization see it."
              autoComplete="name"
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              error={isSent ? (nameProblem ?? answerAt('name')) : null}
              autoFocus
            />
          )}
          {asksForPassword && (
            <PasswordField
              label={hasAccount ? 'Password of your account' : 'Set a password'}
              {...(!hasAccount && { description: passwordHint })}
              autoComplete={hasAccount ? 'current-password' : 'new-password'}
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              error={isSent ? (passwordProblem ?? answerAt('password')) : null}
              autoFocus={hasAccount}
            />
          )}
          {refused && (
            <Failure
              error={refused}
              title={isProblem(refused, 'not-kept') ? 'You have joined, and are not signed in' : 'You have not joined'}
              besideFields={FIELDS}
            />
          )}
          <Button type="submit" fullWidth loading={joining.isPending}>
            {`Join ${isolated(organizationName)}`}
          </Button>
          {asksForPassword && methods?.singleSignOn && (
            <Button component="a" variant="default" fullWidth href={signOnAddress(INVITATION)}>
              Sign in with {methods.singleSignOn.name} {hasAccount ? 'first' : 'instead'}
            </Button>
          )}
          <Text size="xs" c="dimmed">
            The invitation can be accepted until <Moment at={expiresAt} />.
          </Text>
        </Stack>
      </Form>
    </PlainFrame>
  );
}

function SomebodyElse({ invited, signedIn }: { readonly invited: string; readonly signedIn: string }): JSX.Element {
  const leaving = useDeed({ mutationFn: () => signOut({ to: INVITATION }) });
  return (
    <PlainFrame title="This invitation is for somebody else">
      <Stack>
        <Text>
          It is for <b>{invited}</b>, and you are signed in as <b>{signedIn}</b>.
        </Text>
        {leaving.error && <Failure error={leaving.error} />}
        <Group>
          <Button loading={leaving.isPending} onClick={() => leaving.act()}>
            Sign out and go on as {invited}
          </Button>
          <Button component="a" href="/" variant="default">
            Stay signed in
          </Button>
        </Group>
      </Stack>
    </PlainFrame>
  );
}
