import { Alert, Text } from '@mantine/core';
import { ExclamationTriangleIcon } from '@radix-ui/react-icons';
import { useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import { Navigate, useNavigate, useSearchParams } from 'react-router';
import { PlainFrame } from '../shell/plain-frame';
import { returnTo } from './return-to';
import { sessionBegan, sessionQuery } from './session-queries';
import { SignInForm } from './sign-in-form';
import { signInProblem } from './sign-in-problems';

export function Page(): JSX.Element {
  const [parameters] = useSearchParams();
  const navigate = useNavigate();
  const { data: session } = useQuery(sessionQuery);
  const wanted = returnTo(parameters);
  const problem = parameters.get('problem');
  if (session !== undefined) return <Navigate to={wanted} replace />;
  return (
    <PlainFrame title="Sign in">
      {problem !== null && (
        <Alert
          role="alert"
          color="red"
          title="You are not signed in"
          icon={<ExclamationTriangleIcon aria-hidden />}
          mb="md"
        >
          {signInProblem(problem)}
        </Alert>
      )}
      <SignInForm
        returnTo={wanted}
        onSignedIn={(begun) => {
          sessionBegan(begun);
          void navigate(wanted, { replace: true });
        }}
      />
      <Text size="sm" c="dimmed" mt="lg">
        No account yet, or the password is lost? An admin of your organization can invite you; whoever runs this service
        can set a new password.
      </Text>
    </PlainFrame>
  );
}
