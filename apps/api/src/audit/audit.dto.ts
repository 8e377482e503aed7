import { applyDecorators } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import { IsWholeNumber, ToNumber } from '../http/parameter-types';
import { Describe } from '../openapi/described';

/** A number of events, as digits. */
export const IsSize = (): PropertyDecorator => applyDecorators(ToNumber(), IsWholeNumber());

export class ConsistencyParameters {
  @IsSize()
  @Describe('The size of the older checkpoint.')
  'from'!: number;

  @IsSize()
  @Describe('The size of the newer checkpoint.')
  'to'!: number;
}

export class ProofParameters {
  @IsOptional()
  @IsSize()
  @Describe('The size of the checkpoint to prove it for; the latest when left out, signed now where need be.')
  'checkpoint'?: number;
}
