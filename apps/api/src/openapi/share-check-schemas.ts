import type { SchemaObject } from '@nestjs/swagger';
import { ruleOf, steps } from '@connections/connection/domain/lifecycle';
import { sharingReasons } from '@connections/connection/domain/sharing';
import { id, nullableId, nullableMoment, nullableText, object, ref, text } from './schema-parts';

const statuses = [...new Set(steps.map((step) => ruleOf(step).to))];
const partyRoles = [...new Set(steps.flatMap((step) => ruleOf(step).by))];
const scopes = (description: string): SchemaObject => ({ type: 'array', items: { type: 'string' }, description });

export const shareCheckSchemas: Record<string, SchemaObject> = {
  ShareCheck: object({
    type: text('Always `connect/share-checks`.', { enum: ['connect/share-checks'] }),
    attributes: ref('ShareCheckAttributes'),
  }),
  ShareCheckAttributes: object({
    'source-organization-id': id('org', 'As asked.'),
    'destination-organization-id': id('org', 'As asked.'),
    scopes: scopes('As asked.'),
    'as-of': nullableMoment('The moment that is answered for; null for now, and for a revision.'),
    allowed: { type: 'boolean', description: 'Whether all of it may be shared.' },
    reason: text('Why.', { enum: [...sharingReasons] }),
    details: text('Why, for people.'),
    'refused-scopes': scopes('The scopes that may not be shared.'),
    'unblocked-by': {
      oneOf: [ref('UnblockingStep'), { type: 'null' }],
      description: 'The next step towards sharing; null where none is needed, or none helps.',
    },
    'connection-id': nullableId('cxn', 'The connection; null where you can see none.'),
    status: nullableText('Its status.', { enum: [...statuses, null] }),
    revision: {
      type: ['integer', 'null'],
      minimum: 0,
      description: 'Its revision: the one that was asked for, or the last one by then.',
    },
    hash: nullableText('The hash of the event that decided, which stands for all before it.', {
      pattern: '^[0-9a-f]{64}$',
    }),
    'event-id': nullableText('The event that decided: the last one of the connection by then.'),
    since: nullableMoment('When that event happened.'),
  }),
  UnblockingStep: object({
    step: text('The step.', { enum: steps }),
    by: { type: 'array', items: { type: 'string', enum: partyRoles }, description: 'Who may take it.' },
  }),
  ShareCheckAnswer: object({
    data: {
      oneOf: [
        ref('ShareCheck'),
        { type: 'array', minItems: 1, maxItems: 100, items: { oneOf: [ref('ShareCheck'), ref('Errors')] } },
      ],
    },
  }),
};
