import type { components } from '@connections/client/generated';

/** One problem, in the API's form. */
export type ApiProblem = components['schemas']['Error'];

/**
 * The API addresses programs, and speaks of headers, parameters and cursors. These are the messages that people may
 * meet on a page, in words for them; they can read all others as they are.
 */
const byCode: Readonly<Partial<Record<ApiProblem['code'], string>>> = {
  'invalid-parameter': 'The service cannot look for this. Change what you asked for, and try again.',
  'invalid-cursor': 'This page of the list is there no more. Go on from the first one.',
  'another-person':
    'Somebody else has signed in in another window, and nothing was done. This page is theirs once it is loaded anew.',
  'cross-site': 'This page is not at the address that the service is known by. Open it there, and try again.',
  'illegal-transition': 'The connection has changed since you saw it, so that this cannot be done any more.',
  'request-in-flight': 'The same is still under way. Try again in a moment to hear how it went.',
  'stale-revision': 'The connection has changed since you saw it. Look at it as it is now, and decide anew.',
  'too-many-to-sort': 'There are too many connections for this order. Narrow them by filters, or put the newest first.',
  internal: 'Something went wrong on our side. Try again; if it stays, tell whoever runs this service.',
  'not-yet-visible': 'What was done a moment ago cannot be seen yet. Try again.',
};

const TIMES = 'The first of the two times may not come after the second, nor may either lie in the future.';

const byParameter: ReadonlyMap<string, string> = new Map([
  ['filter[search]', 'This cannot be searched for. Search for something else.'],
  ['as-of', 'This time is none, or lies in the future; nobody knows yet.'],
  ['from', TIMES],
  ['to', TIMES],
]);

/** The message of a problem, for people. */
export function inWords({ code, source, details }: ApiProblem): string {
  const parameter = code === 'invalid-parameter' && source && 'parameter' in source ? source.parameter : '';
  return byParameter.get(parameter) ?? byCode[code] ?? details;
}
