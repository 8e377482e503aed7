import { Tooltip } from '@mantine/core';
import type { JSX } from 'react';

const LOCAL = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const LOCAL_DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** `2026-06-01 12:00:00.000 UTC` */
const inUtc = (at: string): string => new Date(at).toISOString().replace('T', ' ').replace('Z', ' UTC');

/**
 * A moment as the clock on the wall here has it, and in UTC for whoever points at it or focuses it.
 * @param at ISO-8601
 * @param day whether the day alone is shown; UTC has the time all the same
 */
export const Moment = ({ at, day = false }: { readonly at: string; readonly day?: boolean }): JSX.Element => (
  <Tooltip label={inUtc(at)} withArrow events={{ hover: true, focus: true, touch: true }}>
    <time dateTime={at} tabIndex={0}>
      {(day ? LOCAL_DAY : LOCAL).format(new Date(at))}
    </time>
  </Tooltip>
);
