import { Anchor, Button, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type JSX } from 'react';
import { Link, useNavigate } from 'react-router';
import { maximumNameLength } from '@connections/connection/domain/connection';
import { consequenceOfCreating, stepDoneWords, stepWords } from '@connections/connection/domain/words';
import { useDeed } from '../api/deed';
import { useIntent } from '../api/intent';
import { isProblem, type Problem, problemAt } from '../api/problem';
import { questions } from '../questions';
import type { AskedStep } from '../steps/step-dialog';
import { Dialog } from '../shell/dialog';
import { DialogButtons } from '../shell/dialog-buttons';
import { Failure } from '../words/failure';
import { Form } from '../words/form';
import { scopesQuery } from '../words/scopes';
import {
  addressOf,
  connectionChanged,
  connectionQuery,
  counterpartyOf,
  createConnection,
  type Terms,
} from './connection-queries';
import { organizationIdProblem } from './organization-id';

interface CreateDialogProps {
  readonly organizationId: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  /** Called when the person wants to continue with the existing connection. */
  readonly onAsk: (asked: AskedStep) => void;
}

/** Proposes to share data with another organization. */
export function CreateDialog({ organizationId, opened, onClose, onAsk }: CreateDialogProps): JSX.Element {
  // Opens once the scopes are known, so that nothing moves under a hand that is about to click.
  const { isFetched } = useQuery(scopesQuery(organizationId));
  return (
    <Dialog stackId="create" opened={opened && isFetched} onClose={onClose} size="lg" title="Create a connection">
      <CreateForm organizationId={organizationId} onClose={onClose} onAsk={onAsk} />
    </Dialog>
  );
}

const FIELDS = ['destinationOrganizationId', 'name', 'scopes'];

function CreateForm({ organizationId, onClose, onAsk }: Omit<CreateDialogProps, 'opened'>): JSX.Element {
  const navigate = useNavigate();
  const intent = useIntent();
  const { data: catalogue, error, isFetching, refetch } = useQuery(scopesQuery(organizationId));
  // An error stays visible while loading is tried again.
  const [noCatalogue, setNoCatalogue] = useState(error);
  if (error !== null && error !== noCatalogue) setNoCatalogue(error);
  const [destination, setDestination] = useState('');
  const [isDestinationDone, setDestinationDone] = useState(false);
  const [name, setName] = useState('');
  // Null until somebody chooses: the defaults are up to the service.
  const [chosen, choose] = useState<readonly string[] | null>(null);

  const defaults = catalogue?.filter(({ attributes }) => attributes.default).map(({ id }) => id) ?? [];
  const scopes = chosen ?? defaults;
  const terms: Terms = {
    destinationOrganizationId: destination,
    ...(name.trim() !== '' && { name: name.trim() }),
    scopes: [...scopes],
  };

  const creating = useDeed({
    mutationFn: () => createConnection(organizationId, terms, intent.keyFor(terms)),
    onError: intent.failed,
    onSuccess: (created) => {
      intent.done();
      void connectionChanged(organizationId, created);
      notifications.show({
        color: 'teal',
        title: stepDoneWords.create,
        message: `It waits for ${counterpartyOf(created)} to activate it.`,
      });
      onClose();
      void navigate(addressOf(organizationId, created.id));
    },
  });
  const refused = creating.error;
  const answerAt = (attribute: string): string | null => problemAt(refused, attribute);

  const destinationProblem = organizationIdProblem(destination, organizationId, isDestinationDone);
  const nameProblem =
    name.trim().length > maximumNameLength
      ? `At most ${maximumNameLength} characters; these are ${name.trim().length}.`
      : null;
  const scopesProblem = catalogue !== undefined && scopes.length === 0 ? 'Choose at least one.' : null;

  const submit = (): void => {
    setDestinationDone(true);
    const isWrong = organizationIdProblem(destination, organizationId, true) ?? nameProblem ?? scopesProblem;
    // Nothing is granted that the person has not seen.
    if (isWrong === null && catalogue !== undefined) creating.act();
  };
  /** A refusal applies to what was sent, and no longer to what is typed now. */
  const typed = (): void => {
    if (refused !== null) creating.reset();
  };

  return (
    <Form onSubmit={submit} refused={refused}>
      <Stack>
        <TextInput
          label="Organization ID of your partner"
          description="It looks like org_DEF456. Your partner finds it under Organization > Information."
          value={destination}
          onChange={(event) => {
            setDestination(event.currentTarget.value.trim());
            typed();
          }}
          onBlur={() => setDestinationDone(destination !== '')}
          error={destinationProblem ?? answerAt('destinationOrganizationId')}
          autoComplete="off"
          spellCheck={false}
          required
          data-autofocus
        />
        <TextInput
          label="Name (optional)"
          description="For people to know the connection by; your partner sees it as well."
          placeholder="Partner Connection"
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value);
            typed();
          }}
          error={nameProblem ?? answerAt('name')}
          autoComplete="off"
        />
        {catalogue === undefined ? (
          noCatalogue && (
            <Failure error={noCatalogue} title="What your partner may receive could not be read">
              <Button variant="default" size="xs" mt="xs" loading={isFetching} onClick={() => void refetch()}>
                Try again
              </Button>
            </Failure>
          )
        ) : (
          <Checkbox.Group
            label="What your partner may receive"
            value={[...scopes]}
            onChange={(next) => {
              choose(next);
              typed();
            }}
            error={scopesProblem ?? answerAt('scopes')}
          >
            <Stack gap="xs" mt="xs">
              {catalogue.map(({ id, attributes }) => (
                <Checkbox key={id} value={id} label={id} description={attributes.description} />
              ))}
            </Stack>
          </Checkbox.Group>
        )}
        <Text size="sm" c="dimmed">
          {consequenceOfCreating}
        </Text>
        {refused &&
          (isProblem(refused, 'already-connected') ? (
            <AlreadyConnected organizationId={organizationId} refused={refused} onAsk={onAsk} />
          ) : (
            <Failure error={refused} title="It was not created" besideFields={FIELDS} />
          ))}
        <DialogButtons onClose={onClose}>
          <Button type="submit" loading={creating.isPending}>
            {stepWords.create}
          </Button>
        </DialogButtons>
      </Stack>
    </Form>
  );
}

/** A pair has one connection in each direction: links to the existing one. */
function AlreadyConnected({
  organizationId,
  refused,
  onAsk,
}: {
  readonly organizationId: string;
  readonly refused: Problem;
  readonly onAsk: (asked: AskedStep) => void;
}): JSX.Element {
  const { connectionId = '', allowedActions = [] } = refused.problems[0]?.meta ?? {};
  const looking = useMutation({
    mutationFn: () => questions.query({ ...connectionQuery(organizationId, connectionId), staleTime: 0 }),
    onSuccess: (connection) => onAsk({ step: 'reactivate', connection }),
  });
  return (
    <Failure error={refused} title="You have a connection to this partner already">
      <Group mt="xs" gap="sm">
        <Anchor component={Link} to={addressOf(organizationId, connectionId)} size="sm">
          Go to the connection
        </Anchor>
        {allowedActions.includes('reactivate') && (
          <Button size="compact-sm" variant="default" loading={looking.isPending} onClick={() => looking.mutate()}>
            {stepWords.reactivate}
          </Button>
        )}
      </Group>
      {looking.error && <Text size="sm">{looking.error.message}</Text>}
    </Failure>
  );
}
