import { IsOptional, IsString } from 'class-validator';
import { IsPageSize } from '../http/parameter-types';
import { Describe } from '../openapi/described';

export class FeedParameters {
  @IsPageSize()
  @Describe('How many on a page.')
  'page[size]' = 10;

  @IsOptional()
  @IsString()
  @Describe('The cursor of `links.next`, or of `meta.cursor`.')
  'page[after]'?: string;
}
