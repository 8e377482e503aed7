import { Alert, Button, Stack, Text } from '@mantine/core';
import { ExclamationTriangleIcon } from '@radix-ui/react-icons';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, type JSX } from 'react';
import { Link, Navigate, useNavigate, useSearchParams } from 'react-router';
import { PlainFrame } from '../shell/plain-frame';
import { INVITATION, returnTo, signInAddress } from './return-to';
import { sessionBegan, sessionQuery } from './session-queries';
import { SignInForm } from './sign-in-form';
import { signInProblem } from './sign-in-problems';

export function Page(): JSX.Element {
  const [parameters] = useSearchParams();
  const navigate = useNavigate();
  const { data: session } = useQuery({ ...sessionQuery, retryOnMount: false });
  const wanted = returnTo(parameters);
  const isInvited = wanted === INVITATION;
  const asked = parameters.get('problem');
  // Shown once: after a reload, or at a bookmarked address, the problem no longer applies.
  const [problem] = useState(asked);
  useEffect(() => {
    if (asked !== null && session === undefined) void navigate(signInAddress(wanted), { replace: true });
  }, [asked, session, wanted, navigate]);

  if (session !== undefined) return <Navigate to={wanted} replace />;
  const told = problem !== null && (
    <Alert role="alert" color="red" title="You are not signed in" icon={<ExclamationTriangleIcon aria-hidden />}>
      {signInProblem(problem, isInvited)}
    </Alert>
  );
  return (
    <PlainFrame title="Sign in">
      {isInvited ? (
        <Stack>
          {told}
          <Button component={Link} to={INVITATION} fullWidth>
            Back to your invitation
          </Button>
        </Stack>
      ) : (
        <>
          <SignInForm
            returnTo={wanted}
            onSignedIn={(begun) => {
              sessionBegan(begun);
              void navigate(wanted, { replace: true });
            }}
          >
            {told}
          </SignInForm>
          <Text size="sm" c="dimmed" mt="lg">
            No account yet, or the password is lost? An admin of your organization can invite you; whoever runs this
            service can set a new password.
          </Text>
        </>
      )}
    </PlainFrame>
  );
}
