import type { JSX } from 'react';
import { Written } from '../words/written';
import type { HistoryEvent } from './event-types';
import type { Parties } from './parties';

interface SentenceProps {
  readonly event: HistoryEvent;
  readonly parties: Parties;
}

/**
 * What happened, in a sentence for people. The service has one too, but it is the same for ever and everywhere: with
 * ids, a moment in UTC, and texts quoted as in JSON. Here the time is shown beside the sentence.
 */
export function Sentence({ event, parties }: SentenceProps): JSX.Element {
  const { id, type, organizationId, role } = event.actor;
  const name = parties.colleagues.get(id);
  return (
    <>
      {organizationId === null ? 'The operator of the service' : `${parties.nameOf(organizationId)} (${role})`}{' '}
      <Deed event={event} parties={parties} />{' '}
      {name === undefined ? (
        `${MEANS[type]} ${id}`
      ) : (
        <>
          as <Written>{name}</Written>
        </>
      )}
      .
    </>
  );
}

const MEANS: Readonly<Record<HistoryEvent['actor']['type'], string>> = {
  'api-key': 'with key',
  user: 'as user',
  system: 'as system',
};

function Deed({ event, parties }: SentenceProps): JSX.Element {
  switch (event.event) {
    case 'ConnectionCreated':
      return (
        <>
          created a connection
          <Text event={event} before="named" /> to {parties.destination} (destination)
        </>
      );
    case 'ConnectionActivated':
      return <>activated the connection</>;
    case 'ConnectionDeactivated':
      return (
        <>
          deactivated the connection
          <Text event={event} before="for the reason" />
        </>
      );
    case 'ConnectionReturnedToPending':
      return (
        <>
          returned the connection to pending
          <Text event={event} before="for the reason" />
        </>
      );
    case 'ConnectionTextRedacted':
      return <>redacted what was written with revision {event.redactedRevision}</>;
  }
}

/**
 * The text that was written with the event, if there was one. For a name, only that it was redacted: the connection
 * itself shows it.
 */
function Text({ event, before }: { readonly event: HistoryEvent; readonly before: string }): JSX.Element | null {
  const { reason, redacted } = event;
  if (reason === null && !redacted) return null;
  return (
    <>
      {' '}
      {before}{' '}
      {reason === null ? (
        '(redacted)'
      ) : (
        <>
          “<Written>{reason}</Written>”
        </>
      )}
    </>
  );
}
