/** When an API key expires: never, after a number of days, or on a chosen day. */
export type Expiry = 'never' | '30' | '90' | '365' | 'day';

export const expiries: readonly { readonly value: Expiry; readonly label: string }[] = [
  { value: '90', label: 'After 90 days' },
  { value: '30', label: 'After 30 days' },
  { value: '365', label: 'After a year' },
  { value: 'day', label: 'On a day' },
  { value: 'never', label: 'Never' },
];

/**
 * @param day `2026-06-01`, as in a date field; only used when a day is chosen.
 * @returns the end of that day in local time, as ISO-8601, so that asking twice gives the same moment; null for never.
 * Undefined while no day is chosen, or for a day in the past.
 */
export function expiresAt(expiry: Expiry, day: string, now: Date): string | null | undefined {
  if (expiry === 'never') return null;
  if (expiry !== 'day') {
    return new Date(now.getFullYear(), now.getMonth(), now.getDate() + Number(expiry), 23, 59, 59, 999).toISOString();
  }
  const end = new Date(`${day}T23:59:59.999`);
  return end > now ? end.toISOString() : undefined;
}
