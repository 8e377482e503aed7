import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { notifications } from '@mantine/notifications';
import { InfoCircledIcon } from '@radix-ui/react-icons';
import { useEffect, useRef, useState, type JSX } from 'react';
import { maximumReasonLength } from '@connections/connection/domain/connection';
import {
  consequenceOf,
  type NextStep,
  outlookOf,
  stepDoneWords,
  stepWords,
} from '@connections/connection/domain/words';
import { useDeed } from '../api/deed';
import { useIntent } from '../api/intent';
import { isProblem, problemAt } from '../api/problem';
import { nextSteps } from '../connection/next-steps';
import {
  type Connection,
  connectionChanged,
  connectionQuery,
  counterpartyOf,
  staleConnection,
  takeStep,
  titleOf,
} from '../connections/connection-queries';
import { questions } from '../questions';
import { Dialog } from '../shell/dialog';
import { DialogButtons } from '../shell/dialog-buttons';
import { Failure } from '../words/failure';
import { Form } from '../words/form';
import { Scopes } from '../words/scopes';
import { StatusBadge } from '../words/status';

/** A step that a person is about to take, with the connection as they see it. */
export interface AskedStep {
  readonly step: NextStep;
  readonly connection: Connection;
}

interface StepDialogProps {
  /** The organization for which the person acts. */
  readonly organizationId: string;
  /** Null while nothing is asked. */
  readonly asked: AskedStep | null;
  readonly onClose: () => void;
  /** Called with the connection after the step, before the dialog closes. */
  readonly onDone?: (connection: Connection) => void;
}

/** Says what a step leads to, and takes it when the person confirms. */
export function StepDialog({ organizationId, asked, onClose, onDone }: StepDialogProps): JSX.Element {
  // Keeps the last content while the dialog closes.
  const [shown, setShown] = useState(asked);
  if (asked !== null && asked !== shown) setShown(asked);
  return (
    <Dialog
      opened={asked !== null}
      onClose={onClose}
      stackId="step"
      title={shown && `${stepWords[shown.step]}: ${titleOf(shown.connection)}`}
    >
      {shown && (
        <StepForm
          key={`${shown.step} ${shown.connection.id} ${shown.connection.meta.revision}`}
          organizationId={organizationId}
          asked={shown}
          onClose={onClose}
          {...(onDone && { onDone })}
        />
      )}
    </Dialog>
  );
}

function StepForm({
  organizationId,
  asked: { step, connection },
  onClose,
  onDone,
}: {
  readonly organizationId: string;
  readonly asked: AskedStep;
  readonly onClose: () => void;
  readonly onDone?: (connection: Connection) => void;
}): JSX.Element {
  const [seen, setSeen] = useState(connection);
  const [reason, setReason] = useState('');
  const intent = useIntent();

  const taking = useDeed({
    mutationFn: () => {
      const idempotencyKey = intent.keyFor([step, seen.id, seen.meta.revision, reason]);
      return takeStep(organizationId, { step, seen, reason, idempotencyKey });
    },
    onError: intent.failed,
    onSuccess: (after) => {
      intent.done();
      void connectionChanged(organizationId, after);
      notifications.show({
        color: 'teal',
        title: stepDoneWords[step],
        message: `${counterpartyOf(after)} sees it as well.`,
      });
      onDone?.(after);
      onClose();
    },
  });
  const reloading = useMutation({
    mutationFn: () => questions.query({ ...connectionQuery(organizationId, seen.id), staleTime: 0 }),
    onSuccess: (now) => {
      setSeen(now);
      taking.reset();
      void staleConnection(organizationId, seen.id);
    },
  });

  // The button that had the focus is gone.
  const news = useRef<HTMLDivElement>(null);
  const { isSuccess: isReloaded } = reloading;
  useEffect(() => {
    if (isReloaded) news.current?.focus();
  }, [isReloaded]);

  const view = { role: seen.meta.role ?? 'source', counterparty: counterpartyOf(seen) };
  const { status } = seen.attributes;
  const possible = seen.meta.allowedActions.includes(step);
  const takesReason = step !== 'activate';
  // Perhaps only this person has lost the permission, and nothing else has changed.
  const mayOrganization = nextSteps(status, view.role).ours.includes(step);
  const changed = seen.meta.revision !== connection.meta.revision;
  const refused = taking.error;
  const outOfDate = refused !== null && isOutOfDate(refused);

  const submit = (): void => {
    taking.act();
  };

  return (
    <Form onSubmit={submit} refused={refused}>
      <Stack>
        {changed && (
          <Alert
            ref={news}
            tabIndex={-1}
            role="status"
            color="blue"
            title="This is how it is now"
            icon={<InfoCircledIcon aria-hidden />}
          >
            <Group gap="xs" mb={4}>
              {status === connection.attributes.status ? (
                <>
                  Again <StatusBadge status={status} />
                </>
              ) : (
                <>
                  <StatusBadge status={connection.attributes.status} /> became <StatusBadge status={status} />
                </>
              )}
            </Group>
            {outlookOf(status, view)}
          </Alert>
        )}
        {possible ? (
          <>
            <Text>{consequenceOf(step, status, view)}</Text>
            {step === 'activate' && <Scopes organizationId={organizationId} scopes={seen.attributes.scopes} />}
            {takesReason && (
              <Textarea
                label="Reason (optional)"
                description={`${view.counterparty} can read it as well.`}
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
                error={reasonProblem(reason, refused)}
                autosize
                minRows={2}
                maxRows={8}
                data-autofocus
              />
            )}
          </>
        ) : (
          <Text role="status">
            {mayOrganization
              ? 'You may no longer do this; members and admins of your organization may.'
              : 'Your organization may no longer do this.'}
          </Text>
        )}
        {refused && (
          <Failure error={refused} title={refusalOf(refused)} besideFields={['reason']}>
            {outOfDate && (
              <Button
                mt="xs"
                variant="default"
                loading={reloading.isPending}
                onClick={() => reloading.mutate()}
                // The step's own button is disabled until this is done.
                autoFocus
              >
                Reload what changed
              </Button>
            )}
          </Failure>
        )}
        {reloading.error && <Failure error={reloading.error} />}
        <DialogButtons onClose={onClose} leave={possible ? 'Cancel' : 'Close'}>
          {possible && (
            <Button
              type="submit"
              {...(step === 'deactivate' && { color: 'red' })}
              loading={taking.isPending}
              disabled={outOfDate || isTooLong(reason)}
              data-autofocus={!takesReason || undefined}
            >
              {stepWords[step]}
            </Button>
          )}
        </DialogButtons>
      </Stack>
    </Form>
  );
}

/** Whether the connection, or what the person may do with it, is no longer what the person decided on. */
const isOutOfDate = (error: Error): boolean => hasChanged(error) || isProblem(error, 'not-permitted');

const hasChanged = (error: Error): boolean =>
  isProblem(error, 'stale-revision') || isProblem(error, 'illegal-transition');

function refusalOf(error: Error): string {
  if (hasChanged(error)) return 'It changed while you were deciding';
  return isProblem(error, 'not-permitted') ? 'You may not do this' : 'This was not done';
}

const isTooLong = (reason: string): boolean => reason.length > maximumReasonLength;

const reasonProblem = (reason: string, refused: Error | null): string | null =>
  isTooLong(reason)
    ? `At most ${maximumReasonLength} characters; these are ${reason.length}.`
    : problemAt(refused, 'reason');
