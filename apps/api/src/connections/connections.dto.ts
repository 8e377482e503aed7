import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateIf,
} from 'class-validator';
import type { Past } from '@connections/connection/past';
import { maximumNameLength, maximumReasonLength } from '@connections/connection/domain/connection';
import { type HistorySort, historySorts } from '@connections/connection/queries/get-connection-history';
import { type Sort, sorts } from '@connections/connection/queries/list-order';
import { eventTypes } from '@connections/connection/stored-events';
import { ACTOR_ID } from '@connections/directory/identifiers';
import { IsCleanText, IsSoughtText, Trimmed } from '../http/clean-text';
import { IsOrganizationId } from '../http/organization-id';
import { Describe } from '../openapi/described';
import { PageParameters } from '../http/page-parameters';
import { IsMoment, IsPast, IsWholeNumber, ToNumber } from '../http/parameter-types';

/** More than any catalogue has. Bounded because the answer describes every invalid scope. */
const MAXIMUM_SCOPES = 100;

/** The attributes of a new connection. */
export class CreateConnectionAttributes {
  @IsOrganizationId()
  @Describe('The organization to share data with.')
  'destination-organization-id'!: string;

  @IsOptional()
  @IsCleanText()
  @Describe('For people to know it by: 1 to 200 characters after trimming. None when left out.')
  'name'?: string | null;

  @IsOptional()
  @IsArray({ message: '$property must be a list of scopes, such as ["inquiry.read"].' })
  @ArrayMaxSize(MAXIMUM_SCOPES, { message: `$property must name at most ${MAXIMUM_SCOPES} scopes.` })
  @IsString({ each: true, message: 'Each of $property must be text.' })
  @Describe('The types of data to be shared: at least one, each once. The default scopes when left out.')
  'scopes'?: string[] | null;

  /** If present, must be the caller's own organization. */
  @ValidateIf((_, value) => value !== undefined)
  @IsOrganizationId()
  @Describe('Your own organization, when named at all.')
  'organization-id'?: string;

  /** If present, must be the caller's own organization. */
  @ValidateIf((_, value) => value !== undefined)
  @IsOrganizationId()
  @Describe('The same as `organization-id`.')
  'source-organization-id'?: string;
}

/** The reason for deactivating or reactivating; both parties can read it. */
export class ReasonAttributes {
  @IsOptional()
  @IsCleanText({ multiline: true })
  @MaxLength(maximumReasonLength, { message: `$property must have at most ${maximumReasonLength} characters.` })
  @Describe('Why; both parties can read it.')
  'reason'?: string | null;
}

export class StepParameters {
  @IsOptional()
  @IsIn(['true', 'false'], { message: '$property must be true or false.' })
  @Describe('`true` decides by the full rule and writes nothing.')
  'dry-run'?: string;
}

export class RetrieveParameters {
  @IsOptional()
  @IsMoment()
  @Describe('The moment to look back to; not together with `revision`.')
  'as-of'?: string;

  @IsOptional()
  @ToNumber()
  @IsWholeNumber()
  @Describe('The revision to look back to; not together with `as-of`.')
  'revision'?: number;
}

const searchLength = { message: `$property must have 1 to ${maximumNameLength} characters.` };

export class ListParameters extends PageParameters {
  @IsIn(sorts, { message: `$property must be one of ${sorts.join(', ')}.` })
  @Describe('The order; a minus puts the newest, or the last of the alphabet, first.')
  'sort': Sort = '-created-at';

  @IsOptional()
  @IsMoment()
  @Describe('A past moment: those that were there, as they were then.')
  'as-of'?: string;

  @IsOptional()
  @Matches(/^(pending|active|inactive)(,(pending|active|inactive))*$/, {
    message: '$property must be a comma-separated list of pending, active and inactive.',
  })
  @Describe('Only those in one of these statuses, separated by commas.')
  'filter[status]'?: string;

  @IsOptional()
  @IsIn(['source', 'destination'], { message: '$property must be source or destination.' })
  @Describe('Only those in which your organization has this part.')
  'filter[role]'?: 'source' | 'destination';

  @IsOptional()
  @IsOrganizationId()
  @Describe('Only those of this source.')
  'filter[source-organization-id]'?: string;

  @IsOptional()
  @IsOrganizationId()
  @Describe('Only those to this destination.')
  'filter[destination-organization-id]'?: string;

  @IsOptional()
  @IsSoughtText()
  @MaxLength(maximumNameLength, { message: `$property must have at most ${maximumNameLength} characters.` })
  @Describe('Only those whose name contains this, whatever the case.')
  'filter[name]'?: string;

  @IsOptional()
  @Trimmed()
  @IsSoughtText()
  @IsNotEmpty(searchLength)
  @MaxLength(maximumNameLength, searchLength)
  @Describe(
    'Only those whose name, or whose counterparty’s name, contains this, whatever the case; or whose id, or whose counterparty’s Organization ID, is this.',
  )
  'filter[search]'?: string;

  @IsOptional()
  @IsMoment()
  @Describe('Only those created at or after this moment.')
  'filter[created-at-start]'?: string;

  @IsOptional()
  @IsMoment()
  @Describe('Only those created at or before this moment.')
  'filter[created-at-end]'?: string;

  @IsOptional()
  @IsString()
  @Describe('The cursor of `links.prev`.')
  'page[before]'?: string;
}

const EVENT = `(${eventTypes.join('|')})`;

export class HistoryParameters extends PageParameters {
  @IsIn(historySorts, { message: `$property must be one of ${historySorts.join(', ')}.` })
  @Describe('The order; with the minus, the newest comes first.')
  'sort': HistorySort = 'occurred-at';

  @IsOptional()
  @Matches(new RegExp(`^${EVENT}(,${EVENT})*$`), {
    message: `$property must be a comma-separated list of ${eventTypes.join(', ')}.`,
  })
  @Describe('Only what happened in one of these ways, separated by commas.')
  'filter[event]'?: string;

  @IsOptional()
  @Matches(ACTOR_ID, {
    message: '$property must be the id of an actor or of an organization, such as api_ABC123 or org_DEF456.',
  })
  @Describe('Only what was done with this API key, by this person, or on behalf of this organization.')
  'filter[actor]'?: string;

  @IsOptional()
  @IsMoment()
  @Describe('Only what happened at or after this moment.')
  'filter[occurred-at-start]'?: string;

  @IsOptional()
  @IsMoment()
  @Describe('Only what happened at or before this moment.')
  'filter[occurred-at-end]'?: string;
}

export class DifferenceParameters {
  @IsPast()
  @Describe('Where the comparison begins: a moment, or a revision.')
  'from'!: Past;

  @IsOptional()
  @IsPast()
  @Describe('Where it ends: a moment, or a revision. Now, when left out.')
  'to'?: Past;
}
