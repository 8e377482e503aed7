import { memo } from 'react';
import type { Connection } from '../../connections/connection-queries';
import type { HistoryEvent } from '../event-types';
import type { Subject } from '../history-queries';
import type { Parties } from '../parties';
import { localDay } from '../times';
import type { Address } from '../use-address';
import { EventRow } from './event-row';
import { byDay } from './history-pages';
import classes from './timeline.module.css';

interface HistoryPartProps {
  readonly events: readonly HistoryEvent[];
  /** The day that the part before ended with; null where there is none before. */
  readonly dayBefore: string | null;
  readonly connection: Connection;
  readonly subject: Subject;
  readonly parties: Parties;
  /** The revision that the page is looked at, where it is in this part. */
  readonly shownRevision: number | null;
  /** Whether there is so much before it that it is drawn only where it is seen. */
  readonly isFar: boolean;
  readonly go: Address['go'];
}

/** A hundred events, by days. One part does not change when another comes. */
export const HistoryPart = memo(function HistoryPart({
  events,
  dayBefore,
  shownRevision,
  isFar,
  ...rest
}: HistoryPartProps) {
  return byDay(events, localDay).map(({ day, events }) => (
    <div key={day}>
      {day !== dayBefore && <h3 className={classes['day']}>{day}</h3>}
      <ol className={classes['events']} data-far={isFar || undefined} aria-label={day}>
        {events.map((event) => (
          <EventRow key={event.revision} event={event} isShown={event.revision === shownRevision} {...rest} />
        ))}
      </ol>
    </div>
  ));
});
