import { Matches } from 'class-validator';
import { ORGANIZATION_ID } from '@connections/directory/identifiers';

/** A well-formed organization id, whether or not the organization exists. */
export const IsOrganizationId = (): PropertyDecorator =>
  Matches(ORGANIZATION_ID, { message: '$property must be an Organization ID, such as org_DEF456.' });
