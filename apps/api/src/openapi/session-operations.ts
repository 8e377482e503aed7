import { signOnProblems } from '../people/sign-on-problems';
import type { Operation } from './documented';

const tag = 'People';
const example = (summary: string, value: object) => ({ summary, value });
const nothingToSay = {
  none: example('There is nothing to say; the body may be left out', { data: { attributes: {} } }),
};

export const session = {
  type: 'sessions',
  id: 'ses_ABC123',
  attributes: {
    person: { id: 'usr_ABC123', name: 'Ada Lovelace', email: 'ada@example.com' },
    memberships: [{ 'organization-id': 'org_ABC123', 'organization-name': 'Acme', role: 'admin' }],
    'has-password': true,
    'created-at': '2018-06-01T08:00:00.000Z',
    'idle-expires-at': '2018-06-01T09:00:00.000Z',
    'expires-at': '2018-06-01T20:00:00.000Z',
  },
};

const COOKIE =
  'The session is in a cookie, `__Host-session`, which no script can read. It ends when it was not used for a while, and in any case some hours later.';

export const listSignInMethods: Operation = {
  id: 'listSignInMethods',
  tag,
  summary: 'How people can sign in here',
  answers: [
    {
      status: 200,
      description: 'The ways that this service knows.',
      content: 'SignInMethodsAnswer',
      examples: {
        password: example('By password alone', {
          data: { type: 'sign-in-methods', attributes: { password: true, 'single-sign-on': null } },
        }),
        both: example('By single sign-on as well', {
          data: { type: 'sign-in-methods', attributes: { password: true, 'single-sign-on': { name: 'Example ID' } } },
        }),
      },
    },
  ],
};

export const signIn: Operation = {
  id: 'signIn',
  tag,
  summary: 'Sign in',
  description: [
    COOKIE,
    'Whoever was signed in before in the same browser is so no more. An e-mail address that nobody has is answered exactly as a wrong password. After too many failures, for one address or from one network, the answer is 429 for a while.',
    'There is no effect of an `Idempotency-Key`: a session is shown to one who signs in, and never again.',
  ].join('\n\n'),
  requests: {
    password: example('By password', {
      data: { attributes: { email: 'ada@example.com', password: 'correct horse battery staple' } },
    }),
  },
  answers: [
    {
      status: 201,
      description: 'The session.',
      content: 'SessionAnswer',
      headers: ['Set-Cookie'],
      examples: { session: example('A session', { data: session }) },
    },
  ],
  errors: ['sign-in-refused', 'rate-limited'],
};

export const retrieveSession: Operation = {
  id: 'retrieveSession',
  tag,
  summary: 'Who is signed in',
  description: 'The person, and the organizations that they may speak for.',
  answers: [
    {
      status: 200,
      description: 'The session.',
      content: 'SessionAnswer',
      examples: { session: example('A session', { data: session }) },
    },
  ],
};

export const endSession: Operation = {
  id: 'endSession',
  tag,
  summary: 'Sign out',
  description: 'The session ends at once and for ever.',
  requests: nothingToSay,
  answers: [
    {
      status: 200,
      description: 'The session that was ended.',
      content: 'SessionAnswer',
      headers: ['Set-Cookie'],
      examples: { session: example('A session', { data: session }) },
    },
  ],
};

export const endAllSessions: Operation = {
  id: 'endAllSessions',
  tag,
  summary: 'Sign out everywhere',
  description: 'Every session of the person ends at once, this one as well.',
  requests: nothingToSay,
  answers: [
    {
      status: 200,
      description: 'The session that this was asked with, and how many were ended.',
      content: 'EndedSessionsAnswer',
      headers: ['Set-Cookie'],
      examples: { ended: example('Two sessions were ended', { data: session, meta: { ended: 2 } }) },
    },
  ],
};

export const changePassword: Operation = {
  id: 'changePassword',
  tag,
  summary: 'Change your password',
  description: 'Every other session of the person ends, and this one gets a new cookie.',
  requests: {
    change: example('A new password', {
      data: {
        attributes: {
          'current-password': 'correct horse battery staple',
          'new-password': 'a song that nobody else hums',
        },
      },
    }),
  },
  answers: [
    {
      status: 200,
      description: 'The session that there is now.',
      content: 'SessionAnswer',
      headers: ['Set-Cookie'],
      examples: { session: example('A session', { data: session }) },
    },
  ],
  errors: ['wrong-password'],
};

const TO_SIGN_IN =
  'What keeps somebody out is told on the page for signing in, `/sign-in?problem=<code>`: ' +
  signOnProblems.map((problem) => `\`${problem}\``).join(', ') +
  '. See docs/api.md.';

export const signOn: Operation = {
  id: 'signOn',
  tag,
  summary: 'Sign in by single sign-on',
  description: `For a browser to go to: it is sent to the provider. ${TO_SIGN_IN}`,
  answers: [
    {
      status: 302,
      description: 'To the provider.',
      content: {},
      headers: ['Location', 'Set-Cookie'],
    },
  ],
};

export const completeSignOn: Operation = {
  id: 'completeSignOn',
  tag,
  summary: 'Come back from single sign-on',
  description: `Where the provider sends the browser to: the address to give it is this one, behind PUBLIC_URL. ${TO_SIGN_IN}`,
  answers: [
    {
      status: 302,
      description: 'To where the person wanted to go, with their session.',
      content: {},
      headers: ['Location', 'Set-Cookie'],
    },
  ],
};
