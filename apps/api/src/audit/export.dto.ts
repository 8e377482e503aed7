import { IsIn, IsOptional, Matches } from 'class-validator';
import { CONNECTION_ID } from '@connections/connection/connection-id';
import { IsOrganizationId } from '../http/organization-id';
import { Describe } from '../openapi/described';
import { IsSize } from './audit.dto';

export class ExportParameters {
  @IsOptional()
  @IsIn(['ndjson', 'csv'], { message: '$property must be ndjson or csv.' })
  @Describe('`ndjson`, one CloudEvent a line, or `csv`.')
  'format': 'ndjson' | 'csv' = 'ndjson';

  @IsOptional()
  @Matches(CONNECTION_ID, { message: '$property must be the id of a connection, such as cxn_ABC123.' })
  @Describe('Only this connection.')
  'connection-id'?: string;

  @IsOptional()
  @IsOrganizationId()
  @Describe('Only the connections of this organization: your own, unless yours is a platform credential.')
  'organization-id'?: string;

  @IsOptional()
  @IsSize()
  @Describe('The size of the checkpoint to prove everything against; one of all events, signed now, when left out.')
  'checkpoint'?: number;

  @IsOptional()
  @IsSize()
  @Describe(
    'The size of an older checkpoint: only what came after it, and the proof that the log still begins with it.',
  )
  'since'?: number;
}
