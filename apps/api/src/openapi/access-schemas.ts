import type { SchemaObject } from '@nestjs/swagger';
import { accessKinds } from '@connections/audit/access-filter';
import { CREDENTIAL_ID } from '@connections/directory/identifiers';
import { roles } from '@connections/directory/roles';
import { moment, nullableId, nullableMoment, nullableText, object, page, text } from './schema-parts';

export const accessSchemas: Record<string, SchemaObject> = {
  Access: object({
    type: text('Always `audit/accesses`.', { enum: ['audit/accesses'] }),
    id: text('The id of the record.', { pattern: '^acs_[0-9a-f]{32}$' }),
    attributes: object({
      kind: text('What it was.', { enum: [...accessKinds] }),
      'credential-id': nullableText('The key or person; null for the operator at the command line.', {
        pattern: CREDENTIAL_ID.source,
      }),
      'organization-id': nullableId(
        'org',
        'The organization of that credential; null for the platform’s and the operator.',
      ),
      role: text('The role of that credential, or `operator`.', { enum: [...roles, 'operator'] }),
      'subject-type': text('What was looked at.', { enum: ['connection', 'organization', 'everything'] }),
      'subject-id': nullableText('The id of the connection or organization; null for everything.'),
      'accessed-at': moment('When, in UTC.'),
      'request-id': nullableText('The Request-Id of the answer; null at the command line.'),
      request: text('What was asked for: method, path and query, or the command.'),
      outcome: text(
        '`given`, or of an export: `begun`, `completed` or `broken-off`. One that stays `begun` was broken off without a word.',
        { enum: ['given', 'begun', 'completed', 'broken-off'] },
      ),
      items: {
        type: ['integer', 'null'],
        description:
          'How many events, or other items of a list, were given; null for a single one, and for an access to all connections of another organization.',
      },
      'ended-at': nullableMoment('When an export ended, in UTC.'),
    }),
  }),
  AccessPage: page('Access', 'next'),
};
