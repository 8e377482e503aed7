import type { JSX } from 'react';
import { utcMoment } from './utc';

const LOCAL = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const LOCAL_DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/**
 * A moment as the clock on the wall here has it, and in UTC for whoever points at it or focuses it.
 * @param at ISO-8601
 * @param day whether the day alone is shown; UTC has the time all the same
 */
export const Moment = ({ at, day = false }: { readonly at: string; readonly day?: boolean }): JSX.Element => (
  <time dateTime={at} tabIndex={0} data-hint={utcMoment(at)}>
    {(day ? LOCAL_DAY : LOCAL).format(new Date(at))}
  </time>
);
