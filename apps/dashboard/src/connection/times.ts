/** Moments in local time, as people read and type them. */

const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' });
const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** The local date: `Monday, 1 June 2026`. @param at ISO-8601. */
export const localDay = (at: string): string => DAY.format(new Date(at));

/** The local time of day: `14:03:22`. @param at ISO-8601. */
export const localTime = (at: string): string => TIME.format(new Date(at));

/** The local date and time, in a short form. @param at ISO-8601. */
export const localMoment = (at: string): string => MOMENT.format(new Date(at));

/** The value of a date and time field for a moment, in local time: `2026-06-01T14:03:22.000`. */
export function toField(at: string): string {
  const moment = new Date(at);
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, -1);
}

/** The moment in a date and time field, as ISO-8601 UTC; null if it is incomplete. */
export function fromField(text: string): string | null {
  const time = text === '' ? Number.NaN : new Date(text).getTime();
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}
