import { Button, Group } from '@mantine/core';
import { useState, type JSX } from 'react';
import type { Connection } from '../../connections/connection-queries';
import { focusHeading } from '../../shell/focus';
import { later } from '../../shell/later';
import { useMembership } from '../../shell/membership';
import { CopyWithWords } from '../../words/copy';
import { Identifier } from '../../words/identifier';
import { may } from '../../words/roles';
import { utcMoment } from '../../words/utc';
import { Written } from '../../words/written';
import type { HistoryEvent } from '../event-types';
import type { Subject } from '../history-queries';
import { isActorId } from '../page-address';
import type { Parties } from '../parties';
import { EventProof } from '../proof/event-proof';
import { isRedactable } from '../redaction/redactable';
import { localMoment } from '../times';
import type { Address } from '../use-address';
import classes from './timeline.module.css';

const [RedactDialog] = later(async () => (await import('../redaction/redact-dialog')).RedactDialog);

interface EventDetailProps {
  readonly event: HistoryEvent;
  readonly connection: Connection;
  readonly subject: Subject;
  readonly parties: Parties;
  readonly go: Address['go'];
}

const MEANS: Readonly<Record<HistoryEvent['actor']['type'], string>> = {
  'api-key': 'API key',
  user: 'Person',
  system: 'The service itself',
};

/** All details of an event, and the actions on it. */
export function EventDetail({ event, connection, subject, parties, go }: EventDetailProps): JSX.Element {
  const { role, organizationId } = useMembership();
  const [isRedacting, setRedacting] = useState(false);
  const { revision, actor, reason, redacted, occurredAt } = event;
  const json = JSON.stringify(
    { type: 'connect/events', id: `${subject.connectionId}@${revision}`, attributes: event },
    null,
    2,
  );
  const show = (): void => {
    go({ past: { revision } });
    window.scrollTo({ top: 0 });
    focusHeading();
  };
  return (
    <div className={classes['detail']}>
      <dl className={classes['facts']}>
        <div>
          <dt>When</dt>
          <dd>{localMoment(occurredAt)}</dd>
          <dd>{utcMoment(occurredAt)}</dd>
        </div>
        <div>
          <dt>Who</dt>
          <dd>
            {actor.organizationId === null
              ? 'The operator of the service'
              : `${parties.nameOf(actor.organizationId)} (${actor.role})`}
          </dd>
          <dd>
            {parties.colleagues.has(actor.id) && (
              <>
                <Written>{parties.colleagues.get(actor.id) ?? ''}</Written>,{' '}
              </>
            )}
            {MEANS[actor.type]} <Identifier id={actor.id} what="id of the actor" />
          </dd>
        </div>
        {(reason !== null || redacted) && (
          <div className={classes['wide']}>
            <dt>{event.event === 'ConnectionCreated' ? 'Name' : 'Reason'}</dt>
            <dd className={classes['reason']}>
              {reason === null ? (
                'Redacted: it was taken away for ever. That there was one stays in the history.'
              ) : (
                <Written>{reason}</Written>
              )}
            </dd>
          </div>
        )}
        {event.redactedRevision !== null && (
          <div>
            <dt>Took away what was written with</dt>
            <dd>Revision {event.redactedRevision}</dd>
          </div>
        )}
        <Fact name="Request ID" value={event.requestId} />
        <Fact name="Correlation ID" value={event.correlationId} />
        <Fact name="Position in the log" value={event.position} />
        <Fact name="Hash" value={event.hash} isWide />
        <Fact name="Hash of the event before" value={event.previousHash} isWide />
      </dl>
      <EventProof event={event} subject={subject} />
      <Group gap="xs">
        <Button size="xs" variant="default" onClick={show}>
          See the connection then
        </Button>
        {revision > 0 && (
          <Button
            size="xs"
            variant="default"
            onClick={() => go({ view: 'compare', from: { revision: revision - 1 }, to: { revision } })}
          >
            Compare with just before
          </Button>
        )}
        {revision < connection.meta.revision && (
          <Button size="xs" variant="default" onClick={() => go({ view: 'compare', from: { revision }, to: null })}>
            Compare with now
          </Button>
        )}
        {isActorId(actor.id) && (
          <Button size="xs" variant="default" onClick={() => go({ actor: actor.id })}>
            Only what this actor did
          </Button>
        )}
        {may(role, 'redact') && isRedactable(event, connection, organizationId) && (
          <Button size="xs" variant="light" color="red" onClick={() => setRedacting(true)}>
            Redact {event.event === 'ConnectionCreated' ? 'the name' : 'the reason'} …
          </Button>
        )}
      </Group>
      <details className={classes['raw']}>
        <summary>Raw JSON</summary>
        {/* Focusable, so that it can be scrolled with the keyboard. */}
        <pre tabIndex={0} aria-label={`JSON of revision ${revision}`}>
          {json}
        </pre>
        <CopyWithWords value={json} what="JSON" />
      </details>
      {isRedacting && <RedactDialog event={event} connection={connection} onClose={() => setRedacting(false)} />}
    </div>
  );
}

interface FactProps {
  readonly name: string;
  readonly value: string | null;
  readonly isWide?: boolean;
}

const Fact = ({ name, value, isWide = false }: FactProps): JSX.Element => (
  <div className={isWide ? classes['wide'] : undefined}>
    <dt>{name}</dt>
    <dd>{value === null ? 'none' : <Identifier id={value} what={name} />}</dd>
  </div>
);
