import { Button, Stack, TextInput } from '@mantine/core';
import { useState, type JSX } from 'react';
import { useDeed } from '../api/deed';
import { useIntent } from '../api/intent';
import { problemAt } from '../api/problem';
import { useMembership } from '../shell/membership';
import { DialogButtons } from '../shell/dialog-buttons';
import { Failure } from '../words/failure';
import { Form } from '../words/form';
import { isolated } from '../words/isolated';
import type { Role } from '../words/roles';
import { administration } from './organization-queries';
import { RoleChoice } from './role-choice';
import { ShownOnce } from './shown-once';
import { ShownOnceDialog, type Stage } from './shown-once-dialog';

interface InviteDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Creates an invitation: a link that the admin hands over. */
export function InviteDialog({ opened, onClose }: InviteDialogProps): JSX.Element {
  return (
    <ShownOnceDialog
      stackId="invite"
      opened={opened}
      onClose={onClose}
      title="Invite somebody"
      madeTitle="Hand over this link"
    >
      {(onStage) => <InviteForm onStage={onStage} onClose={onClose} />}
    </ShownOnceDialog>
  );
}

interface FormProps {
  readonly onStage: (stage: Stage) => void;
  readonly onClose: () => void;
}

function InviteForm({ onStage, onClose }: FormProps): JSX.Element {
  const { organizationId, organizationName } = useMembership();
  const intent = useIntent();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('member');
  const [isSent, setSent] = useState(false);
  const terms = { email: email.trim(), role };
  const inviting = useDeed({
    mutationFn: () => administration(organizationId).invite(terms, intent.keyFor(terms)),
    onMutate: () => onStage('sent'),
    onError: (error) => {
      intent.failed(error);
      onStage('asked');
    },
    onSuccess: () => {
      intent.done();
      onStage('made');
    },
  });

  if (inviting.data) {
    return (
      <ShownOnce
        value={inviting.data.data.attributes.link}
        what="link"
        hint={`No e-mail is sent: give this link to ${terms.email}. Whoever opens it joins ${isolated(organizationName)} with this e-mail address; it works once, for a few days.`}
        onClose={onClose}
      />
    );
  }
  const emailProblem = /^[^\s@]+@[^\s@]+$/.test(terms.email)
    ? null
    : 'Type an e-mail address, such as ada@example.com.';
  const submit = (): void => {
    setSent(true);
    if (emailProblem === null) inviting.act();
  };
  const refused = inviting.error;
  return (
    <Form onSubmit={submit} refused={refused}>
      <Stack>
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="off"
          value={email}
          onChange={(event) => {
            setEmail(event.currentTarget.value);
            if (refused !== null) inviting.reset();
          }}
          error={(isSent ? emailProblem : null) ?? problemAt(refused, 'email')}
          required
          data-autofocus
        />
        <RoleChoice label="Role" value={role} onChange={setRole} />
        {refused && <Failure error={refused} title="Nobody was invited" besideFields={['email']} />}
        <DialogButtons onClose={onClose} isKept={inviting.isPending}>
          <Button type="submit" loading={inviting.isPending}>
            Make invitation
          </Button>
        </DialogButtons>
      </Stack>
    </Form>
  );
}
