/** What kept somebody from signing in by single sign-on, by the code that the service sends them back with. */
const problems: Readonly<Record<string, string>> = {
  'no-single-sign-on': 'There is no single sign-on here. Sign in with your password.',
  'provider-unavailable': 'Your provider cannot be reached now. Try again later, or sign in with your password.',
  'sign-on-expired': 'Signing in took too long, or began anew in another window. Try again.',
  'sign-on-refused': 'You, or your provider, did not let you in. Try again, or sign in with your password.',
  'unverified-email': 'Your provider does not vouch for your e-mail address. Have it verified there, then try again.',
  'unknown-person':
    'Your provider knows you, but nobody here has your e-mail address. Ask an admin of your organization to invite you.',
  'too-many': 'Too many sign-ins were tried. Wait a quarter of an hour, then try again.',
  internal: 'Something went wrong on our side. Try again; if it stays, tell whoever runs this service.',
};

/** The sentence for a code; for one that is not known here as well, and then without it: anybody may write a link. */
export const signInProblem = (code: string): string =>
  (Object.hasOwn(problems, code) ? problems[code] : undefined) ?? 'Signing in did not work. Try again.';
