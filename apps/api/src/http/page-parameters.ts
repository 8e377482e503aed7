import { IsOptional, IsString } from 'class-validator';
import { Describe } from '../openapi/described';
import { IsPageSize } from './parameter-types';

/** Which page of a list is asked for. */
export class PageParameters {
  @IsPageSize()
  @Describe('How many on a page.')
  'page[size]' = 10;

  @IsOptional()
  @IsString()
  @Describe('The cursor of `links.next`.')
  'page[after]'?: string;
}
