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
  /** The last day of the part before; null if there is none. */
  readonly dayBefore: string | null;
  readonly connection: Connection;
  readonly subject: Subject;
  readonly parties: Parties;
  /** The revision that the page shows, if it is in this part. */
  readonly shownRevision: number | null;
  /** Whether so much precedes it that it is rendered only once visible. */
  readonly isFar: boolean;
  readonly go: Address['go'];
}

/** A hundred events, by days. Memoized, so that a part is not rendered again when another is loaded. */
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
