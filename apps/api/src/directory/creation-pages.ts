import type { CreationCursor } from '@connections/directory/creation-order';
import type { JsonObject } from '@connections/event-store/event-store';
import { fromCursor, pageLink, toCursor } from '../http/cursors';
import type { PageParameters } from '../http/page-parameters';

const PLACE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z [a-z]{3}_[0-9A-Za-z]{1,64}$/;

/** The requested page of a list in order of creation. One more item is read, to know whether there is a next page. */
export function pageRequestOf(list: string, parameters: PageParameters): { size: number; after?: CreationCursor } {
  const size = parameters['page[size]'] + 1;
  const cursor = parameters['page[after]'];
  if (cursor === undefined) return { size };
  const [createdAt = '', id = ''] = fromCursor(list, 'page[after]', cursor, PLACE).split(' ');
  return { size, after: { createdAt, id } };
}

/** The answer for a page of a list in order of creation. */
export function pageOf<T extends CreationCursor>(
  list: string,
  path: string,
  parameters: PageParameters,
  found: readonly T[],
  resourceOf: (item: T) => JsonObject,
): JsonObject {
  const size = parameters['page[size]'];
  const page = found.slice(0, size);
  const last = page.at(-1);
  const query = { ...parameters, 'page[size]': String(size) };
  const next =
    found.length > size && last
      ? pageLink(path, query, { 'page[after]': toCursor(list, `${last.createdAt} ${last.id}`) })
      : null;
  return { data: page.map(resourceOf), links: { next } };
}
