import { IsIn, IsNotEmpty, IsOptional, MaxLength, ValidateIf } from 'class-validator';
import { type Role, roles } from '@connections/directory/roles';
import { IsCleanText, Trimmed } from '../http/clean-text';
import { IsOrganizationId } from '../http/organization-id';
import { Describe } from '../openapi/described';
import { PageParameters } from '../http/page-parameters';
import { IsMoment } from '../http/parameter-types';

const MAXIMUM_NAME_LENGTH = 200;
const nameLength = { message: `$property must have 1 to ${MAXIMUM_NAME_LENGTH} characters.` };

export class CreateOrganizationAttributes {
  @Trimmed()
  @IsCleanText()
  @IsNotEmpty(nameLength)
  @MaxLength(MAXIMUM_NAME_LENGTH, nameLength)
  @Describe('What it is called.')
  'name'!: string;
}

export class CreateApiKeyAttributes {
  @ValidateIf((_, value) => value !== undefined && value !== null)
  @IsOrganizationId()
  @Describe('The organization that the key speaks for. Only the platform names one; an admin’s own is taken.')
  'organization-id'?: string | null;

  @IsIn(roles, { message: `$property must be one of ${roles.join(', ')}.` })
  @Describe('What the key may do.')
  'role'!: Role;

  @Trimmed()
  @IsCleanText()
  @IsNotEmpty(nameLength)
  @MaxLength(MAXIMUM_NAME_LENGTH, nameLength)
  @Describe('For people to know it by.')
  'name'!: string;

  @IsOptional()
  @IsMoment()
  @Describe('When it ends by itself; in the future. Never when left out.')
  'expires-at'?: string | null;
}

export class ApiKeyListParameters extends PageParameters {
  @IsOptional()
  @IsOrganizationId()
  @Describe('Only those of this organization.')
  'filter[organization-id]'?: string;
}
