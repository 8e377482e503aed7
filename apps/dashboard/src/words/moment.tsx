import type { JSX } from 'react';
import { utcMoment } from './utc';

const LOCAL = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const LOCAL_DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/**
 * A moment in local time, and in UTC on hover or focus.
 * @param at ISO-8601.
 * @param day whether to show only the date; UTC shows the time all the same.
 */
export const Moment = ({ at, day = false }: { readonly at: string; readonly day?: boolean }): JSX.Element => (
  <time dateTime={at} tabIndex={0} data-hint={utcMoment(at)}>
    {(day ? LOCAL_DAY : LOCAL).format(new Date(at))}
  </time>
);
