/**
 * The address to go to after signing in, from a parameter.
 * @returns an address of this dashboard; its start page if the parameter is missing or leads elsewhere.
 */
export function returnTo(parameters: URLSearchParams): string {
  const asked = parameters.get('return-to') ?? '/';
  return HERE.test(asked) && !asked.startsWith('/sign-in') ? asked : '/';
}

/**
 * A path of this site. After a second slash, or a backslash, which browsers treat as one, would come another host; and
 * browsers drop some unprintable characters, such as tabs. The service has the same rule.
 */
const HERE = /^\/(?![/\\])[\x21-\x7e]*$/;

/** The longest address, in characters, that single sign-on can come back to. */
const LONGEST = 1_000;

/** The page of an invitation. Its token is kept in the tab until it is used. */
export const INVITATION = '/invitations';

/**
 * The address where single sign-on begins; it comes back to an address of this dashboard, or to its start page if that
 * address is too long.
 */
export const signOnAddress = (address: string): string =>
  `/api/v1/session/sign-on?${new URLSearchParams({ 'return-to': address.length > LONGEST ? '/' : address }).toString()}`;

/** The address of the sign-in page that leads back to this address. */
export const signInAddress = (address: string): string =>
  address === '/' ? '/sign-in' : `/sign-in?${new URLSearchParams({ 'return-to': address }).toString()}`;
