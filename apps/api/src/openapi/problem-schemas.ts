import type { SchemaObject } from '@nestjs/swagger';
import { catalogue } from '../http/problem-catalogue';
import { object, ref, text } from './schema-parts';

export const problemSchemas: Record<string, SchemaObject> = {
  Errors: object({
    errors: {
      type: 'array',
      minItems: 1,
      maxItems: 100,
      items: ref('Error'),
      description:
        'Everything that was wrong, at once, up to a hundred. The status of the answer is the lowest of theirs.',
    },
  }),
  Error: {
    type: 'object',
    required: ['status', 'code', 'title', 'details'],
    properties: {
      status: text('The HTTP status that belongs to the code.', { pattern: '^[45][0-9]{2}$' }),
      code: text('What clients branch on. Its meaning never changes.', { enum: Object.keys(catalogue) }),
      title: text('The name of the status.'),
      details: text('What was wrong, where, and what to do: for people.'),
      source: ref('ErrorSource'),
      meta: ref('ErrorMeta'),
    },
  },
  ErrorSource: {
    description: 'Where in the request it was wrong.',
    oneOf: [
      object({ pointer: text('A JSON Pointer into the body.') }),
      object({ parameter: text('The name of a query or path parameter.') }),
      object({ header: text('The name of a header.') }),
    ],
  },
  ErrorMeta: {
    type: 'object',
    description: 'What a client needs in order to go on; which members there are depends on the code.',
    properties: {
      'connection-id': text('`already-connected`: the one connection of the pair.'),
      status: text('`already-connected`, `illegal-transition`, `stale-revision`: the present status.'),
      revision: { type: 'integer', minimum: 0, description: '`stale-revision`: the present revision.' },
      'allowed-actions': {
        type: 'array',
        items: { type: 'string' },
        description: '`already-connected`, `illegal-transition`: what your organization may do instead.',
      },
      'permitted-roles': {
        type: 'array',
        items: { type: 'string' },
        description: '`not-permitted`: the roles that may do it.',
      },
      role: text('`not-permitted`: your role.'),
      state: text('`invitation-ended`: what has become of it.'),
    },
  },
};
