import { PageParameters } from '../http/page-parameters';
import { Describe } from '../openapi/described';

export class FeedParameters extends PageParameters {
  @Describe('The cursor of `links.next`, or of `meta.cursor`.')
  declare 'page[after]'?: string;
}
