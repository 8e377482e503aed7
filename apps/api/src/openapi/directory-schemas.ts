import type { SchemaObject } from '@nestjs/swagger';
import { roles } from '@connections/directory/roles';
import { id, moment, nullableId, nullableMoment, nullableText, object, page, ref, text } from './schema-parts';

export const organizationSchemas: Record<string, SchemaObject> = {
  Organization: object({
    type: text('Always `organizations`.', { enum: ['organizations'] }),
    id: id('org', 'The Organization ID that partners create connections to.'),
    attributes: object({ name: text('Its name.'), 'created-at': moment('When it was made, in UTC.') }),
  }),
  OrganizationAnswer: object({ data: ref('Organization') }),
  OrganizationPage: page('Organization', 'next'),
};

const keyAttributes = {
  'organization-id': nullableId('org', 'The organization that the key speaks for; null for a platform credential.'),
  role: text('What the key may do.', { enum: [...roles] }),
  name: text('What it was called when it was made.'),
  'created-at': moment('When it was made, in UTC.'),
  'expires-at': nullableMoment('When it ends by itself; null for never.'),
  'revoked-at': nullableMoment('When it was revoked; null while it was not.'),
  'last-used-at': nullableMoment('When it was last used, to about a minute; null when it never was.'),
};

const key = (attributes: Record<string, SchemaObject>): SchemaObject =>
  object({
    type: text('Always `api-keys`.', { enum: ['api-keys'] }),
    id: id('api', 'The id of the key; not the key itself.'),
    attributes: object(attributes),
  });

export const apiKeySchemas: Record<string, SchemaObject> = {
  ApiKey: key(keyAttributes),
  CreatedApiKey: key({
    ...keyAttributes,
    key: nullableText(
      'The key itself, `cx_<id>_<secret>`: shown this once and kept nowhere. Null in the repeated answer to a retry.',
    ),
  }),
  ApiKeyAnswer: object({ data: ref('ApiKey') }),
  CreatedApiKeyAnswer: object({ data: ref('CreatedApiKey') }),
  ApiKeyPage: page('ApiKey', 'next'),
};
