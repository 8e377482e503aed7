/** When an API key ends by itself: never, after so many days, or on a day that somebody chooses. */
export type Expiry = 'never' | '30' | '90' | '365' | 'day';

export const expiries: readonly { readonly value: Expiry; readonly label: string }[] = [
  { value: '90', label: 'After 90 days' },
  { value: '30', label: 'After 30 days' },
  { value: '365', label: 'After a year' },
  { value: 'day', label: 'On a day' },
  { value: 'never', label: 'Never' },
];

/**
 * @param day `2026-06-01`, as a date field has it; only looked at where a day is chosen
 * @returns the end of the day in ISO-8601, as the clock here has it, so that who asks twice asks for the same; null for never.
 * Undefined while no day is chosen, or one that is over.
 */
export function expiresAt(expiry: Expiry, day: string, now: Date): string | null | undefined {
  if (expiry === 'never') return null;
  if (expiry !== 'day') {
    return new Date(now.getFullYear(), now.getMonth(), now.getDate() + Number(expiry), 23, 59, 59, 999).toISOString();
  }
  const end = new Date(`${day}T23:59:59.999`);
  return end > now ? end.toISOString() : undefined;
}
