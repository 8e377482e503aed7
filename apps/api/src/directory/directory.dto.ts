import { IsIn, IsNotEmpty, IsOptional, IsString, Matches, MaxLength, ValidateIf } from 'class-validator';
import { type Role, roles } from '@connections/directory/roles';
import { IsCleanText, Trimmed } from '../http/clean-text';
import { IsMoment, IsPageSize } from '../http/parameter-types';

const ORGANIZATION_ID = /^org_[0-9A-Za-z]{1,64}$/;
const notAnOrganizationId = { message: '$property must be an Organization ID, such as org_DEF456.' };
const MAXIMUM_NAME_LENGTH = 200;
const nameLength = { message: `$property must have 1 to ${MAXIMUM_NAME_LENGTH} characters.` };

export class CreateOrganizationAttributes {
  @Trimmed()
  @IsCleanText()
  @IsNotEmpty(nameLength)
  @MaxLength(MAXIMUM_NAME_LENGTH, nameLength)
  'name'!: string;
}

export class CreateApiKeyAttributes {
  @ValidateIf((_, value) => value !== undefined && value !== null)
  @Matches(ORGANIZATION_ID, notAnOrganizationId)
  'organization-id'?: string | null;

  @IsIn(roles, { message: `$property must be one of ${roles.join(', ')}.` })
  'role'!: Role;

  @Trimmed()
  @IsCleanText()
  @IsNotEmpty(nameLength)
  @MaxLength(MAXIMUM_NAME_LENGTH, nameLength)
  'name'!: string;

  @IsOptional()
  @IsMoment()
  'expires-at'?: string | null;
}

export class PageParameters {
  @IsPageSize()
  'page[size]' = 10;

  @IsOptional()
  @IsString()
  'page[after]'?: string;
}

export class ApiKeyListParameters extends PageParameters {
  @IsOptional()
  @Matches(ORGANIZATION_ID, notAnOrganizationId)
  'filter[organization-id]'?: string;
}
