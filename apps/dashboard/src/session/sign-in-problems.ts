import { COOKIE_ADVICE } from './session-queries';

/** Why somebody could not sign in by single sign-on, by the code with which the service sends them back. */
const problems: Readonly<Record<string, string>> = {
  'no-single-sign-on': 'There is no single sign-on here. Sign in with your password.',
  'provider-unavailable': 'Your provider cannot be reached now. Try again later, or sign in with your password.',
  'sign-on-expired':
    'Signing in took too long, began anew in another window, or your browser did not keep the cookie for it. Try again. ' +
    COOKIE_ADVICE,
  'sign-on-refused': 'You, or your provider, did not let you in. Try again, or sign in with your password.',
  'unverified-email': 'Your provider does not vouch for your e-mail address. Have it verified there, then try again.',
  'unknown-person':
    'Your provider knows you, but nobody here has your e-mail address. Ask an admin of your organization to invite you.',
  'too-many': 'Too many sign-ins were tried. Wait a quarter of an hour, then try again.',
  internal: 'Something went wrong on our side. Try again; if it stays, tell whoever runs this service.',
};

/** For people who were invited, but whom the provider knows by another address. */
const OTHER_ADDRESS =
  'Your provider knows you by another e-mail address than the one that is invited. Go back, and choose another account ' +
  'there, or have that address invited.';

/**
 * The sentence for a code. An unknown code gets a sentence that does not repeat it, since anybody could write such a
 * link.
 * @param isInvited whether they wanted to accept an invitation.
 */
export const signInProblem = (code: string, isInvited: boolean): string =>
  (isInvited && code === 'unknown-person' ? OTHER_ADDRESS : undefined) ??
  (Object.hasOwn(problems, code) ? problems[code] : undefined) ??
  'Signing in did not work. Try again.';
