import { IsIn, IsOptional, ValidateIf } from 'class-validator';
import { type Role, roles } from '@connections/directory/roles';
import { IsName } from '../http/is-name';
import { IsOrganizationId } from '../http/organization-id';
import { Describe } from '../openapi/described';
import { PageParameters } from '../http/page-parameters';
import { IsMoment } from '../http/parameter-types';

export class CreateOrganizationAttributes {
  @IsName()
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

  @IsName()
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
