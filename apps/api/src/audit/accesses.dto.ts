import { IsIn, IsOptional, Matches } from 'class-validator';
import { type AccessKind, accessKinds } from '@connections/audit/access-filter';
import { CREDENTIAL_ID } from '@connections/directory/identifiers';
import { IsMoment } from '../http/parameter-types';
import { PageParameters } from '../http/page-parameters';
import { Describe } from '../openapi/described';

export class AccessListParameters extends PageParameters {
  @IsOptional()
  @IsIn(accessKinds, { message: `$property must be one of ${accessKinds.join(', ')}.` })
  @Describe('Only of this kind.')
  'filter[kind]'?: AccessKind;

  @IsOptional()
  @Matches(CREDENTIAL_ID, {
    message: '$property must be the id of an API key or a person, such as api_ABC123 or usr_ABC123.',
  })
  @Describe('Only by this key or person.')
  'filter[credential-id]'?: string;

  @IsOptional()
  @IsMoment()
  @Describe('Only at or after this moment.')
  'filter[accessed-at-start]'?: string;

  @IsOptional()
  @IsMoment()
  @Describe('Only at or before this moment.')
  'filter[accessed-at-end]'?: string;
}
