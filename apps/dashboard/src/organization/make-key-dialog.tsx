import { Button, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useState, type JSX } from 'react';
import { useDeed } from '../api/deed';
import { useIntent } from '../api/intent';
import { problemAt } from '../api/problem';
import { useMembership } from '../shell/membership';
import { DialogButtons } from '../shell/dialog-buttons';
import { Failure } from '../words/failure';
import { Form } from '../words/form';
import type { Role } from '../words/roles';
import { expiresAt, expiries, type Expiry } from './expiry';
import { administration } from './organization-queries';
import { RoleChoice } from './role-choice';
import { ShownOnce } from './shown-once';
import { ShownOnceDialog, type Stage } from './shown-once-dialog';

interface MakeKeyDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Creates an API key, and shows it this once. */
export function MakeKeyDialog({ opened, onClose }: MakeKeyDialogProps): JSX.Element {
  return (
    <ShownOnceDialog
      stackId="make-key"
      opened={opened}
      onClose={onClose}
      title="Make an API key"
      madeTitle="Keep this key"
    >
      {(onStage) => <MakeKeyForm onStage={onStage} onClose={onClose} />}
    </ShownOnceDialog>
  );
}

const FIELDS = ['name', 'expiresAt'];
const LONGEST_NAME = 200;

interface FormProps {
  readonly onStage: (stage: Stage) => void;
  readonly onClose: () => void;
}

function MakeKeyForm({ onStage, onClose }: FormProps): JSX.Element {
  const { organizationId } = useMembership();
  const intent = useIntent();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('member');
  const [expiry, setExpiry] = useState<Expiry>('90');
  const [day, setDay] = useState('');
  const [isSent, setSent] = useState(false);
  const making = useDeed({
    mutationFn: (end: string | null) => {
      const terms = { name: name.trim(), role, expiresAt: end };
      return administration(organizationId).makeKey(terms, intent.keyFor(terms));
    },
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

  if (making.data) {
    return (
      <ShownOnce
        value={making.data.data.attributes.key}
        what="key"
        hint="Copy the key to where the program that uses it keeps its secrets. Whoever has it can speak for your organization."
        onClose={onClose}
      />
    );
  }
  const end = expiresAt(expiry, day, new Date());
  const nameProblem =
    name.trim() === '' || name.trim().length > LONGEST_NAME ? `A name has 1 to ${LONGEST_NAME} characters.` : null;
  const dayProblem = end === undefined ? 'Choose a day that is not over.' : null;
  const submit = (): void => {
    setSent(true);
    if (nameProblem === null && end !== undefined) making.act(end);
  };
  const refused = making.error;
  const besideField = (problem: string | null, attribute: string): string | null =>
    (isSent ? problem : null) ?? problemAt(refused, attribute);
  return (
    <Form onSubmit={submit} refused={refused}>
      <Stack>
        <TextInput
          label="Name"
          description="What it is for, such as nightly export, so that somebody knows it when it is to be revoked."
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={besideField(nameProblem, 'name')}
          required
          data-autofocus
        />
        <RoleChoice label="Role" value={role} onChange={setRole} />
        <NativeSelect
          label="Ends"
          data={[...expiries]}
          value={expiry}
          onChange={(event) => setExpiry(event.currentTarget.value as Expiry)}
          error={expiry === 'day' ? null : besideField(null, 'expiresAt')}
        />
        {expiry === 'day' && (
          <TextInput
            label="Last day"
            type="date"
            value={day}
            onChange={(event) => setDay(event.currentTarget.value)}
            error={besideField(dayProblem, 'expiresAt')}
          />
        )}
        {refused && <Failure error={refused} title="No key was made" besideFields={FIELDS} />}
        <DialogButtons onClose={onClose} isKept={making.isPending}>
          <Button type="submit" loading={making.isPending}>
            Make API key
          </Button>
        </DialogButtons>
      </Stack>
    </Form>
  );
}
