/**
 * Where somebody wanted to go before signing in, as the address says it.
 * @returns an address of this dashboard; the start of it where the parameter is missing or leads elsewhere.
 */
export function returnTo(parameters: URLSearchParams): string {
  const asked = parameters.get('return-to') ?? '/';
  return HERE.test(asked) && !asked.startsWith('/sign-in') ? asked : '/';
}

/**
 * A second slash, or a backslash that passes for one, would begin the name of another site, and browsers drop some of what
 * is not printed, such as tabs. The service goes by the same.
 */
const HERE = /^\/(?![/\\])[\x21-\x7e]*$/;

/** Of so many characters an address may be that single sign-on comes back to. */
const LONGEST = 1_000;

/** The page of an invitation. Its token waits in the tab until it is used. */
export const INVITATION = '/invitations';

/** Where single sign-on begins, to come back to an address of this dashboard; to its start where that is too long to be kept. */
export const signOnAddress = (address: string): string =>
  `/api/v1/session/sign-on?${new URLSearchParams({ 'return-to': address.length > LONGEST ? '/' : address }).toString()}`;

/** The sign-in page, from which one comes back to this address. */
export const signInAddress = (address: string): string =>
  address === '/' ? '/sign-in' : `/sign-in?${new URLSearchParams({ 'return-to': address }).toString()}`;
