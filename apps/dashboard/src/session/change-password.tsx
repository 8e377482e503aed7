import { Button, Group, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState, type JSX } from 'react';
import { useDeed } from '../api/deed';
import { problemAt } from '../api/problem';
import { Failure } from '../words/failure';
import { Form } from '../words/form';
import { PasswordField } from '../words/password-field';
import { newPasswordProblem, passwordHint } from './password-rules';
import { changePassword, sessionBegan } from './session-queries';

const FIELDS = ['currentPassword', 'newPassword'];

/** Changes the password of the person signed in, which ends all their other sessions. */
export function ChangePassword(): JSX.Element {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [isSent, setSent] = useState(false);
  const changing = useDeed({
    mutationFn: changePassword,
    onSuccess: (session) => {
      sessionBegan(session);
      changing.reset();
      setCurrent('');
      setNext('');
      setSent(false);
      notifications.show({
        color: 'teal',
        title: 'Your password was changed',
        message: 'Wherever else you were signed in, you are so no more.',
      });
    },
  });
  const refused = changing.error;
  const answerAt = (attribute: string): string | null => problemAt(refused, attribute);

  const submit = (): void => {
    setSent(true);
    if (current !== '' && newPasswordProblem(next) === null) {
      changing.act({ currentPassword: current, newPassword: next });
    }
  };
  return (
    <Form onSubmit={submit} refused={refused}>
      <Stack maw={400}>
        <PasswordField
          label="Current password"
          autoComplete="current-password"
          value={current}
          onChange={(event) => {
            setCurrent(event.currentTarget.value);
            changing.reset();
          }}
          error={isSent && current === '' ? 'Type your current password.' : answerAt('currentPassword')}
        />
        <PasswordField
          label="New password"
          description={passwordHint}
          autoComplete="new-password"
          value={next}
          onChange={(event) => {
            setNext(event.currentTarget.value);
            changing.reset();
          }}
          error={isSent ? (newPasswordProblem(next) ?? answerAt('newPassword')) : null}
        />
        {refused && <Failure error={refused} title="Your password is as it was" besideFields={FIELDS} />}
        <Group>
          <Button type="submit" loading={changing.isPending}>
            Change password
          </Button>
        </Group>
      </Stack>
    </Form>
  );
}
