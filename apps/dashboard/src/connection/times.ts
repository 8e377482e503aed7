/** Moments as people here read and type them. */

const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' });
const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** The day here: `Monday, 1 June 2026`. @param at ISO-8601 */
export const localDay = (at: string): string => DAY.format(new Date(at));

/** The time of day here: `14:03:22`. */
export const localTime = (at: string): string => TIME.format(new Date(at));

/** Both, shorter. */
export const localMoment = (at: string): string => MOMENT.format(new Date(at));

/** A moment as a field of date and time takes it, by the clock here: `2026-06-01T14:03:22.000`. */
export function toField(at: string): string {
  const moment = new Date(at);
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, -1);
}

/** What such a field holds, as ISO-8601 UTC; null where it holds nothing whole. */
export function fromField(text: string): string | null {
  const time = text === '' ? Number.NaN : new Date(text).getTime();
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}
