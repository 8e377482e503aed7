/** Parses a whole number without leading zeros; null for any other text, and for a number that would be rounded. */
export function wholeNumberOf(text: string): number | null {
  const number = /^(?:0|[1-9]\d{0,15})$/.test(text) ? Number(text) : null;
  return Number.isSafeInteger(number) ? number : null;
}
