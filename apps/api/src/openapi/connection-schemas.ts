import { ORGANIZATION_ID } from '@connections/directory/identifiers';
import type { SchemaObject } from '@nestjs/swagger';
import { type PartyRole, ruleOf, type Status, steps } from '@connections/connection/domain/lifecycle';
import { eventTypes } from '@connections/connection/stored-events';
import { id, moment, nullableText, object, page, ref, text } from './schema-parts';

const statuses: Status[] = [...new Set(steps.map((step) => ruleOf(step).to))];
const partyRoles: PartyRole[] = [...new Set(steps.flatMap((step) => ruleOf(step).by))];
/** Creating is not an action on an existing connection. */
const actions = steps.filter((step) => !ruleOf(step).from.includes(null));

const status = (description: string): SchemaObject => text(description, { enum: statuses });
const actorType = (description: string): SchemaObject => text(description, { enum: ['api-key', 'user', 'system'] });

const end = (what: string): SchemaObject => ({
  oneOf: [ref('ComparedState'), { type: 'null' }],
  description: `${what}; null where the connection was not there yet.`,
});
const value = (description: string): SchemaObject => ({
  oneOf: [{ type: ['string', 'null'] }, { type: 'array', items: { type: 'string' } }],
  description,
});

const hash = { pattern: '^[0-9a-f]{64}$' };

export const connectionSchemas: Record<string, SchemaObject> = {
  Connection: object({
    type: text('Always `connect/connections`.', { enum: ['connect/connections'] }),
    id: id('cxn', 'Derived from the directed pair: it stays the same for ever.'),
    attributes: ref('ConnectionAttributes'),
    meta: ref('ConnectionMeta'),
  }),
  Scope: object({
    type: text('Always `connect/scopes`.', { enum: ['connect/scopes'] }),
    id: text('The scope, as connections name it.'),
    attributes: object({
      description: text('What it lets the destination do, in plain words.'),
      default: { type: 'boolean', description: 'Whether a connection has it whose creator names no scopes.' },
    }),
  }),
  ScopeList: object({ data: { type: 'array', items: ref('Scope') } }),
  ConnectionAttributes: object({
    token: id('cxn', 'The same as the id.'),
    name: nullableText('A name that the source gave it; null for none, and for one that was redacted.'),
    status: status('Data may be shared only while it is `active`.'),
    'organization-id': id('org', 'The source: the organization that created it.'),
    'source-organization-id': id('org', 'The same as `organization-id`.'),
    'destination-organization-id': id('org', 'The organization that receives.'),
    scopes: { type: 'array', items: { type: 'string' }, description: 'The types of data that may be shared.' },
    'creator-id': text('Who created it: an API key such as `api_ABC123`, or a person such as `usr_ABC123`.'),
    'creator-type': actorType('What kind of actor created it.'),
    'deactivated-by': nullableText('Which party ended it; null unless it is `inactive`.', {
      enum: [...partyRoles, null],
    }),
    'created-at': moment('When it was created, in UTC.'),
    'updated-at': moment('When its last event happened, in UTC.'),
  }),
  ConnectionMeta: {
    type: 'object',
    required: ['revision', 'role', 'allowed-actions', 'counterparty'],
    properties: {
      revision: { type: 'integer', minimum: 0, description: 'Counts its events from 0; also in the ETag.' },
      role: nullableText('The part of your organization in it; null for a platform credential.', {
        enum: [...partyRoles, null],
      }),
      'allowed-actions': {
        type: 'array',
        items: { type: 'string', enum: actions },
        description: 'What you may do with it now. Empty for a past state.',
      },
      counterparty: {
        oneOf: [ref('Counterparty'), { type: 'null' }],
        description: 'The other party; null for a platform credential.',
      },
      'dry-run': {
        type: 'boolean',
        enum: [true],
        description: 'Only in the answer to a dry run: nothing was written.',
      },
    },
  },
  Counterparty: object({
    'organization-id': id('org', 'The other organization.'),
    name: nullableText('Its name.'),
  }),
  ConnectionAnswer: object({ data: ref('Connection') }),
  ConnectionPage: page('Connection', 'prev', 'next'),
  ConnectionEvent: object({
    type: text('Always `connect/events`.', { enum: ['connect/events'] }),
    id: text('The connection and the revision. It stays the same for ever.', {
      pattern: '^cxn_[0-9A-Za-z]{1,64}@[0-9]+$',
    }),
    attributes: ref('ConnectionEventAttributes'),
  }),
  ConnectionEventAttributes: object({
    'connection-id': id('cxn', 'The connection.'),
    revision: { type: 'integer', minimum: 0, description: 'Its place in the history of the connection.' },
    event: text('What happened.', { enum: eventTypes }),
    summary: text(
      'The same for people: one sentence, with the organizations by their names. Its words may change; do not parse it.',
    ),
    'from-status': nullableText('The status before; null for the creation.', { enum: [...statuses, null] }),
    'to-status': status('The status after.'),
    actor: ref('Actor'),
    reason: nullableText('What the actor gave as its reason; null for none, and for one that was redacted.', {
      maxLength: 500,
    }),
    redacted: {
      type: 'boolean',
      description: 'Whether what the actor wrote, a name or a reason, was redacted.',
    },
    'redacted-revision': {
      type: ['integer', 'null'],
      minimum: 0,
      description: 'Of a redaction: the revision whose text it took away. Null for every other event.',
    },
    'occurred-at': moment('When it happened, in UTC.'),
    'request-id': nullableText('The Request-Id that was answered.'),
    'correlation-id': nullableText('The id that the client gave to what it was doing.'),
    position: nullableText('Its place in the order of all events; compare as text. Null where the log does not tell.'),
    'previous-hash': nullableText('The hash of the event before; null for the creation.', hash),
    hash: nullableText('SHA-256 over this event and the hash before it.', hash),
  }),
  Actor: object({
    type: actorType('What kind of actor it was.'),
    id: text('The credential or person.'),
    'organization-id': nullableText('The organization that it acted for; null for the operator of the service.', {
      pattern: ORGANIZATION_ID.source,
    }),
    role: text('The part of that organization in the connection; `platform` for the operator, who may only redact.', {
      enum: [...partyRoles, 'platform'],
    }),
  }),
  ConnectionHistory: page('ConnectionEvent', 'next'),
  Feed: object({
    ...page('ConnectionEvent', 'next').properties,
    meta: object({ cursor: text('Where this page ends: give it as `page[after]` to go on, now or later.') }),
  }),
  ConnectionDifference: object({
    type: text('Always `connect/diffs`.', { enum: ['connect/diffs'] }),
    attributes: object({
      'connection-id': id('cxn', 'The connection.'),
      from: end('Where the comparison begins'),
      to: end('Where the comparison ends'),
      changes: {
        type: 'array',
        items: ref('Change'),
        description: 'The attributes of the connection that are not the same at both ends, and no others.',
      },
      events: {
        type: 'array',
        items: ref('ConnectionEvent'),
        maxItems: 100,
        description: 'What happened in between, oldest first; the first 100 of it.',
      },
    }),
  }),
  ComparedState: object({
    revision: { type: 'integer', minimum: 0, description: 'The last revision by then.' },
    'updated-at': moment('When its event happened, in UTC.'),
    hash: nullableText('The hash of that event, which stands for all before it.', hash),
  }),
  Change: object({
    attribute: text('The name of the attribute.'),
    from: value('Its value at the beginning; null as well where the connection was not there.'),
    to: value('Its value at the end.'),
  }),
  ConnectionDifferenceAnswer: object({
    data: ref('ConnectionDifference'),
    links: object({
      events: nullableText(
        'Where the history goes on behind the last of the events here, relative to this; null when these are all.',
      ),
    }),
  }),
};
