import { Matches } from 'class-validator';
import { ORGANIZATION_ID } from '@connections/directory/identifiers';

/** The id of an organization, whether there is one or not. */
export const IsOrganizationId = (): PropertyDecorator =>
  Matches(ORGANIZATION_ID, { message: '$property must be an Organization ID, such as org_DEF456.' });
