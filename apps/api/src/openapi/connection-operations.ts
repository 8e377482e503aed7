import { lifecycle, type Step } from '@connections/connection/domain/lifecycle';
import type { Operation } from './documented';
import * as examples from './examples';
import { ruleText } from './lifecycle-table';
import { id } from './schema-parts';

const connectionId = id('cxn', 'The id of a connection.');
const tag = 'Connections';
const example = (summary: string, value: object) => ({ summary, value });

export const createConnection: Operation = {
  id: 'createConnection',
  tag,
  summary: 'Create a connection',
  description: [
    ruleText('create'),
    'Your organization is the source; whoever you name becomes the destination. There is one connection for each directed pair, for ever.',
    `The call of the guide:\n\n\`\`\`sh\n${examples.guideCurl}\n\`\`\``,
  ].join('\n\n'),
  requests: {
    guide: example('The body of the guide', examples.guideBody),
    scopes: example('With scopes of your own choice', {
      data: {
        type: 'connect/connections',
        attributes: { 'destination-organization-id': 'org_DEF456', scopes: ['inquiry.read'] },
      },
    }),
  },
  answers: [
    {
      status: 201,
      description: 'The connection, pending until the destination activates it.',
      content: 'ConnectionAnswer',
      headers: ['ETag', 'Location', 'Connect-Position'],
      examples: { created: example('The guide’s answer, before it is activated', { data: examples.pending }) },
    },
  ],
  errors: [
    'foreign-organization',
    'already-connected',
    'invalid-name',
    'no-scopes',
    'unknown-scope',
    'repeated-scope',
    'self-connection',
    'unknown-organization',
  ],
};

export const listConnections: Operation = {
  id: 'listConnections',
  tag,
  summary: 'List connections',
  description:
    'The connections that your organization is a party to, newest first or as `sort` asks. A platform credential sees all. The links stay right while others are being created; by `updated-at`, what changes meanwhile moves to the newest end. A cursor goes with the `sort` that it was made for. By `name` or `updated-at` at most 20,000 connections are sorted: where there are more, narrow them by filters. With `as-of` it is the list as it was then, filters on the status of then included; such a page looks at 500 connections at most, so that with `filter[status]` it may hold fewer than asked for, or none, and still have a next one.',
  answers: [
    {
      status: 200,
      description: 'One page.',
      content: 'ConnectionPage',
      examples: {
        page: example('The first page of several', {
          data: [examples.active],
          links: { prev: null, next: '/api/v1/connect/connections?page%5Bsize%5D=1&page%5Bafter%5D=Y29ubmVjdA' },
        }),
      },
    },
  ],
  errors: ['too-many-to-sort'],
};

export const listScopes: Operation = {
  id: 'listScopes',
  tag,
  summary: 'List the scopes',
  description: 'Every type of data that a connection can be about.',
  answers: [
    {
      status: 200,
      description: 'All of them.',
      content: 'ScopeList',
      examples: {
        scopes: example('One scope', {
          data: [
            {
              type: 'connect/scopes',
              id: 'inquiry.read',
              attributes: {
                description: 'Read inquiries: which identity checks people went through, and how they ended.',
                default: true,
              },
            },
          ],
        }),
      },
    },
  ],
};

export const retrieveConnection: Operation = {
  id: 'retrieveConnection',
  tag,
  summary: 'Retrieve a connection',
  description: 'As it is now, or, with `as-of` or `revision`, as it was then. Whoever is no party hears 404.',
  pathId: connectionId,
  answers: [
    {
      status: 200,
      description: 'The connection.',
      content: 'ConnectionAnswer',
      headers: ['ETag'],
      examples: { guide: example('The guide’s answer', { data: examples.active }) },
    },
  ],
  errors: ['not-found', 'not-then', 'invalid-parameter'],
};

const step = (name: Exclude<Step, 'create'>, summary: string, more: string, after: object): Operation => ({
  id: `${name}Connection`,
  tag,
  summary,
  description: `${ruleText(name)} ${more}`,
  pathId: connectionId,
  headers: ['If-Match'],
  answers: [
    {
      status: 200,
      description: `The whole connection, now ${lifecycle[name].to}.`,
      content: 'ConnectionAnswer',
      headers: ['ETag', 'Connect-Position'],
      examples: { done: example('Seen by the source', { data: after }) },
    },
  ],
  errors: ['not-found', 'not-permitted', 'illegal-transition', 'stale-revision', 'invalid-parameter'],
});

const reasons = (reason: string): NonNullable<Operation['requests']> => ({
  reason: example('With a reason for the other party to read', { data: { attributes: { reason } } }),
  none: example('Without one', { data: { attributes: {} } }),
});

export const activateConnection: Operation = {
  ...step('activate', 'Activate a connection', 'From then on data may be shared.', examples.active),
  requests: { none: example('There is nothing to say; the body may be left out', { data: { attributes: {} } }) },
};

export const deactivateConnection: Operation = {
  ...step('deactivate', 'Deactivate a connection', 'From then on no data may be shared.', examples.inactive),
  requests: reasons('Contract under review.'),
};

export const reactivateConnection: Operation = {
  ...step(
    'reactivate',
    'Return a connection to pending',
    'It becomes active once the destination activates it again.',
    examples.pendingAgain,
  ),
  requests: reasons('Review done.'),
};

export const redactText: Operation = {
  id: 'redactText',
  tag,
  summary: 'Redact a text',
  description: [
    'Takes away for ever what was written with one event: the name of the creation, or the reason of a deactivation or reactivation. The event keeps a commitment to the text, so every hash and proof stays valid, and the history tells who redacted what and when.',
    'An admin key of the organization that wrote it may do so, and a platform-admin key. What is redacted already stays so, and is answered the same.',
  ].join('\n\n'),
  pathId: connectionId,
  pathRevision: { type: 'integer', minimum: 0, description: 'The revision of the event.' },
  headers: ['If-Match'],
  requests: { none: example('There is nothing to say; the body may be left out', { data: { attributes: {} } }) },
  answers: [
    {
      status: 200,
      description: 'The whole connection, without the text.',
      content: 'ConnectionAnswer',
      headers: ['ETag', 'Connect-Position'],
      examples: { done: example('The name is gone', { data: examples.withoutName }) },
    },
  ],
  errors: ['not-found', 'not-then', 'not-permitted', 'no-text', 'text-in-log', 'stale-revision', 'invalid-parameter'],
};

export const listConnectionEvents: Operation = {
  id: 'listConnectionEvents',
  tag,
  summary: 'Read the history of a connection',
  description:
    'Everything that ever happened to it, oldest first unless `sort` says otherwise, for both parties and for auditors. Each entry is bound to the one before by its hash. With filters a page may hold fewer than asked for, or none, and still have a next one: it looks at 1,000 events at most.',
  pathId: connectionId,
  answers: [
    {
      status: 200,
      description: 'One page.',
      content: 'ConnectionHistory',
      examples: { created: example('Of a new connection', { data: [examples.created], links: { next: null } }) },
    },
  ],
  errors: ['not-found', 'invalid-parameter'],
};

export const compareConnection: Operation = {
  id: 'compareConnection',
  tag,
  summary: 'Compare a connection at two times',
  description:
    'What changed between two times of its past, attribute by attribute, and what happened in between. Each time is a moment or a revision. Before its first event the connection is not there, and that is no error.',
  pathId: connectionId,
  answers: [
    {
      status: 200,
      description: 'The difference.',
      content: 'ConnectionDifferenceAnswer',
      examples: { activated: example('An activation', { data: examples.difference, links: { events: null } }) },
    },
  ],
  errors: ['not-found', 'not-then', 'invalid-parameter'],
};
