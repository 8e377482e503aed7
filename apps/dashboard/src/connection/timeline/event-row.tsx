import {
  ArrowRightIcon,
  CheckCircledIcon,
  ChevronRightIcon,
  CircleBackslashIcon,
  EyeNoneIcon,
  PlusCircledIcon,
  ResetIcon,
} from '@radix-ui/react-icons';
import { useState, type JSX } from 'react';
import { eventWords, statusWords } from '@connections/connection/domain/words';
import type { Connection } from '../../connections/connection-queries';
import { later } from '../../shell/later';
import { utcMoment } from '../../words/utc';
import type { EventType, HistoryEvent } from '../event-types';
import type { Subject } from '../history-queries';
import type { Parties } from '../parties';
import { Sentence } from '../sentence';
import { localTime } from '../times';
import type { Address } from '../use-address';
import classes from './timeline.module.css';

const [EventDetail, prepareDetail] = later(async () => (await import('./event-detail')).EventDetail, {
  meanwhile: <p>One moment …</p>,
});

const ICONS: Readonly<Record<EventType, typeof ResetIcon>> = {
  ConnectionCreated: PlusCircledIcon,
  ConnectionActivated: CheckCircledIcon,
  ConnectionDeactivated: CircleBackslashIcon,
  ConnectionReturnedToPending: ResetIcon,
  ConnectionTextRedacted: EyeNoneIcon,
};

interface EventRowProps {
  readonly event: HistoryEvent;
  readonly connection: Connection;
  readonly subject: Subject;
  readonly parties: Parties;
  /** Whether the page shows the connection as of this event. */
  readonly isShown: boolean;
  readonly go: Address['go'];
}

/** One event as a sentence, with its details on demand. Kept light, since there may be thousands of these. */
export function EventRow({ event, isShown, ...rest }: EventRowProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const { revision, fromStatus, toStatus, occurredAt } = event;
  const Icon = ICONS[event.event];
  const id = `event-${revision}`;
  return (
    <li className={classes['event']} aria-current={isShown || undefined}>
      <span className={classes['icon']}>
        <Icon aria-hidden />
      </span>
      <div className={classes['body']}>
        <div className={classes['title']}>
          <strong>{eventWords[event.event]}</strong>
          {fromStatus !== null && fromStatus !== toStatus && (
            <span className={classes['statuses']}>
              {statusWords[fromStatus].name} <ArrowRightIcon role="img" aria-label="to" /> {statusWords[toStatus].name}
            </span>
          )}
          <time dateTime={occurredAt} data-hint={utcMoment(occurredAt)}>
            {localTime(occurredAt)}
          </time>
        </div>
        <p>
          <Sentence event={event} parties={rest.parties} />
        </p>
        <div className={classes['footer']}>
          <button
            type="button"
            className={classes['toggle']}
            aria-expanded={isOpen}
            aria-controls={id}
            aria-label={`Details of revision ${revision}`}
            onPointerEnter={prepareDetail}
            onFocus={prepareDetail}
            onClick={() => setOpen(!isOpen)}
          >
            <ChevronRightIcon aria-hidden /> Details
          </button>
          <span>Revision {revision}</span>
          {event.redacted && <span className={classes['tag']}>What was written was redacted</span>}
          {isShown && <span className={classes['tag']}>Shown above</span>}
        </div>
        <div id={id}>{isOpen && <EventDetail event={event} {...rest} />}</div>
      </div>
    </li>
  );
}
