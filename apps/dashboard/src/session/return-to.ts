/**
 * Where somebody wanted to go before signing in, as the address says it.
 * @returns an address of this dashboard; the start of it where the parameter is missing or leads elsewhere.
 */
export function returnTo(parameters: URLSearchParams): string {
  const asked = parameters.get('return-to') ?? '/';
  // A second slash, or a backslash that passes for one, would begin the name of another site.
  return /^\/(?![/\\])/.test(asked) && !asked.startsWith('/sign-in') ? asked : '/';
}

/** The sign-in page, from which one comes back to this address. */
export const signInAddress = (address: string): string =>
  address === '/' ? '/sign-in' : `/sign-in?${new URLSearchParams({ 'return-to': address }).toString()}`;
