import { ArrayMaxSize, IsArray, IsOptional, IsString } from 'class-validator';
import { IsOrganizationId } from '../http/organization-id';
import { IsMoment, IsWholeNumber } from '../http/parameter-types';
import { Describe } from '../openapi/described';

/** The most checks in one call. */
export const MAXIMUM_CHECKS = 100;

export const MAXIMUM_SCOPES = 100;

/** One question: whether data of these scopes may go from the source to the destination. */
export class ShareCheckAttributes {
  @IsOrganizationId()
  @Describe('The organization whose data is about to be shared.')
  'source-organization-id'!: string;

  @IsOrganizationId()
  @Describe('The organization that would receive it.')
  'destination-organization-id'!: string;

  @IsArray({ message: '$property must be a list of scopes, such as ["inquiry.read"].' })
  @ArrayMaxSize(MAXIMUM_SCOPES, { message: `$property must name at most ${MAXIMUM_SCOPES} scopes.` })
  @IsString({ each: true, message: 'Each of $property must be text.' })
  @Describe('The types of data that are about to be shared: at least one, each once.')
  'scopes'!: string[];

  @IsOptional()
  @IsMoment()
  @Describe('A past moment to answer for. Now, when left out.')
  'as-of'?: string | null;

  @IsOptional()
  @IsWholeNumber()
  @Describe('A revision of the connection to answer for, instead of a moment; not together with `as-of`.')
  'revision'?: number | null;
}
