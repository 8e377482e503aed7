import { Button, Checkbox, Code, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState, type JSX, type SubmitEvent } from 'react';
import { useDeed } from '../../api/deed';
import { answered, apiFor } from '../../api/api';
import { useIntent } from '../../api/intent';
import { type Connection, connectionChanged } from '../../connections/connection-queries';
import { useMembership } from '../../shell/membership';
import { Dialog } from '../../shell/dialog';
import { DialogButtons } from '../../shell/dialog-buttons';
import { Failure } from '../../words/failure';
import { Written } from '../../words/written';
import type { HistoryEvent } from '../event-types';

interface RedactDialogProps {
  readonly event: HistoryEvent;
  readonly connection: Connection;
  readonly onClose: () => void;
}

/** Redacts a text for ever, after the person has confirmed it. */
export function RedactDialog({ event, connection, onClose }: RedactDialogProps): JSX.Element {
  const { organizationId } = useMembership();
  const intent = useIntent();
  const [isSure, setSure] = useState(false);
  const isName = event.event === 'ConnectionCreated';
  const what = isName ? 'name' : 'reason';
  const { revision } = event;

  const redacting = useDeed({
    mutationFn: async () =>
      (
        await answered(
          apiFor(organizationId).POST('/api/v1/connect/connections/{id}/events/{revision}/redact', {
            params: { path: { id: connection.id, revision } },
            headers: { 'idempotency-key': intent.keyFor([connection.id, revision]) },
          }),
        )
      ).data,
    onSuccess: (after) => {
      intent.done();
      void connectionChanged(organizationId, after);
      notifications.show({
        color: 'teal',
        title: `The ${what} was redacted.`,
        message: 'Nobody can read it any more.',
      });
      onClose();
    },
    onError: intent.failed,
  });

  const submit = (submitted: SubmitEvent): void => {
    submitted.preventDefault();
    if (isSure) redacting.act();
  };

  return (
    <Dialog opened onClose={onClose} title={`Redact the ${what} of revision ${revision}`}>
      <form onSubmit={submit} noValidate>
        <Stack>
          <Text>This is taken away for ever, for both organizations and for the operator of the service:</Text>
          <Code block>
            <Written>{(isName ? connection.attributes.name : event.reason) ?? ''}</Written>
          </Code>
          <Text size="sm">
            The history keeps saying that there was a {what}, and that your organization redacted it and when. Hashes
            and proofs stay valid. Files that were exported before still hold it.
          </Text>
          <Checkbox
            label={`I want to take this ${what} away for ever; it cannot be brought back.`}
            checked={isSure}
            onChange={(change) => setSure(change.currentTarget.checked)}
            data-autofocus
          />
          {redacting.error && <Failure error={redacting.error} title="It was not redacted" />}
          <DialogButtons onClose={onClose}>
            <Button type="submit" color="red" disabled={!isSure} loading={redacting.isPending}>
              Redact for ever
            </Button>
          </DialogButtons>
        </Stack>
      </form>
    </Dialog>
  );
}
