import { IsArray, IsIn, IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min, ValidateIf } from 'class-validator';
import { maximumNameLength, maximumReasonLength } from '@connections/connection/domain/connection';
import { IsCleanText } from '../http/clean-text';
import { IsMoment, IsPageSize, ToNumber } from '../http/parameter-types';

const ORGANIZATION_ID = /^org_[0-9A-Za-z]{1,64}$/;
const notAnOrganizationId = { message: '$property must be an Organization ID, such as org_DEF456.' };
/** Left out and null mean the same. */
const Optional = (): PropertyDecorator => IsOptional();

/** The terms that a source proposes. */
export class CreateConnectionAttributes {
  @Matches(ORGANIZATION_ID, notAnOrganizationId)
  'destination-organization-id'!: string;

  @Optional()
  @IsCleanText()
  'name'?: string | null;

  @Optional()
  @IsArray({ message: '$property must be a list of scopes, such as ["inquiry.read"].' })
  @IsString({ each: true, message: 'Each of $property must be text.' })
  'scopes'?: string[] | null;

  /** Must be the caller's own organization, when named at all. */
  @ValidateIf((_, value) => value !== undefined)
  @Matches(ORGANIZATION_ID, notAnOrganizationId)
  'organization-id'?: string;

  /** Must be the caller's own organization, when named at all. */
  @ValidateIf((_, value) => value !== undefined)
  @Matches(ORGANIZATION_ID, notAnOrganizationId)
  'source-organization-id'?: string;
}

/** Activating takes no attributes. */
export class NoAttributes {}

/** Why a party deactivates or reactivates; both parties can read it. */
export class ReasonAttributes {
  @Optional()
  @IsCleanText({ multiline: true })
  @MaxLength(maximumReasonLength, { message: `$property must have at most ${maximumReasonLength} characters.` })
  'reason'?: string | null;
}

export class StepParameters {
  @Optional()
  @IsIn(['true', 'false'], { message: '$property must be true or false.' })
  'dry-run'?: string;
}

export class RetrieveParameters {
  @Optional()
  @IsMoment()
  'as-of'?: string;

  @Optional()
  @ToNumber()
  @IsInt({ message: '$property must be a whole number of at least 0.' })
  @Min(0, { message: '$property must be a whole number of at least 0.' })
  @Max(Number.MAX_SAFE_INTEGER, { message: '$property is too large.' })
  'revision'?: number;
}

export class ListParameters {
  @Optional()
  @Matches(/^(pending|active|inactive)(,(pending|active|inactive))*$/, {
    message: '$property must be a comma-separated list of pending, active and inactive.',
  })
  'filter[status]'?: string;

  @Optional()
  @IsIn(['source', 'destination'], { message: '$property must be source or destination.' })
  'filter[role]'?: 'source' | 'destination';

  @Optional()
  @Matches(ORGANIZATION_ID, notAnOrganizationId)
  'filter[source-organization-id]'?: string;

  @Optional()
  @Matches(ORGANIZATION_ID, notAnOrganizationId)
  'filter[destination-organization-id]'?: string;

  @Optional()
  @IsCleanText()
  @MaxLength(maximumNameLength, { message: `$property must have at most ${maximumNameLength} characters.` })
  'filter[name]'?: string;

  @Optional()
  @IsMoment()
  'filter[created-at-start]'?: string;

  @Optional()
  @IsMoment()
  'filter[created-at-end]'?: string;

  @IsPageSize()
  'page[size]' = 10;

  @Optional()
  @IsString()
  'page[after]'?: string;

  @Optional()
  @IsString()
  'page[before]'?: string;
}

export class HistoryParameters {
  @IsPageSize()
  'page[size]' = 10;

  @Optional()
  @IsString()
  'page[after]'?: string;
}
