import type { Operation } from './documented';

const question = {
  'source-organization-id': 'org_ABC123',
  'destination-organization-id': 'org_DEF456',
  scopes: ['inquiry.read'],
};

const allowed = {
  type: 'connect/share-checks',
  attributes: {
    ...question,
    'as-of': null,
    allowed: true,
    reason: 'active',
    details: 'All of this may be shared.',
    'refused-scopes': [],
    'unblocked-by': null,
    'connection-id': 'cxn_ABC123',
    status: 'active',
    revision: 1,
    hash: '8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4',
    'event-id': 'cxn_ABC123@1',
    since: '2018-06-01T00:00:00.000Z',
  },
};

const refused = {
  type: 'connect/share-checks',
  attributes: {
    ...allowed.attributes,
    allowed: false,
    reason: 'pending',
    details: 'The connection is pending; the destination may activate it.',
    'refused-scopes': ['inquiry.read'],
    'unblocked-by': { step: 'activate', by: ['destination'] },
    status: 'pending',
    revision: 0,
    'event-id': 'cxn_ABC123@0',
  },
};

const malformed = {
  errors: [
    {
      status: '422',
      code: 'unknown-organization',
      title: 'Unprocessable Entity',
      details: 'There is no organization "org_GHI789".',
      source: { pointer: '/data/1/attributes/destination-organization-id' },
    },
  ],
};

export const checkSharing: Operation = {
  id: 'checkSharing',
  tag: 'Connections',
  summary: 'Check whether data may be shared',
  description: [
    'Ask before every share. The answer is decided from the log: the first check that is sent after a deactivation was answered says no, on every instance.',
    'Ask one question, or up to 100 in a list, which are answered in their order. A question of a list that cannot be answered has `errors` in its place, at most 10, the last of which says how many more there are; the others are answered all the same.',
    'Whoever is no party to the pair hears what it would hear if there had never been a connection. With `as-of` the answer is that of a past moment, with `revision` that of a past revision, and `event-id` names the event that decided it.',
    'It is a question and changes nothing, so an `Idempotency-Key` has no effect: a remembered yes could be out of date.',
  ].join('\n\n'),
  requests: {
    one: { summary: 'One question', value: { data: { attributes: question } } },
    several: {
      summary: 'Several questions',
      value: {
        data: [
          { attributes: question },
          { attributes: { ...question, 'destination-organization-id': 'org_GHI789' } },
          { attributes: { ...question, 'as-of': '2018-06-01T12:00:00Z' } },
          { attributes: { ...question, revision: 0 } },
        ],
      },
    },
  },
  answers: [
    {
      status: 200,
      description: 'The answer, or the answers in the order of the questions.',
      content: 'ShareCheckAnswer',
      examples: {
        allowed: { summary: 'It may', value: { data: allowed } },
        refused: { summary: 'It may not yet', value: { data: refused } },
        several: {
          summary: 'Several answers',
          value: {
            data: [
              allowed,
              malformed,
              { ...allowed, attributes: { ...allowed.attributes, 'as-of': '2018-06-01T12:00:00.000Z' } },
              refused,
            ],
          },
        },
      },
    },
  ],
  errors: ['no-scopes', 'unknown-scope', 'repeated-scope', 'unknown-organization', 'not-then'],
};
