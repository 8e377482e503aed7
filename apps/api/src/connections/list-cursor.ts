import type { Cursor, Place, Sort } from '@connections/connection/queries/list-order';
import { CONNECTIONS } from '@connections/connection/resources';
import { fromCursor, toCursor } from '../http/cursors';
import { ProblemError } from '../http/problems';
import type { ListParameters } from './connections.dto';

/** A cursor is valid only for the order that it was made for. */
const listOf = (sort: Sort): string => (sort === '-created-at' ? CONNECTIONS : `${CONNECTIONS} ${sort}`);

export const cursorOf = (sort: Sort, { position, key }: Place): string =>
  toCursor(listOf(sort), key === undefined ? position : `${position} ${key}`);

/** The form of places in each order: a position, preceded by the value that the list is ordered by. */
const PLACES = {
  'created-at': /^(\d{1,64})$/,
  'updated-at': /^(\d{1,64}) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/,
  name: /^(\d{1,64}) (0[^\0]{0,400}|1)$/s,
};

/**
 * Where a page begins or ends; null for the first page.
 * @throws ProblemError when both are given, or the cursor is none of this order.
 */
export function cursorIn({ 'page[after]': after, 'page[before]': before, sort }: ListParameters): Cursor | null {
  if (after !== undefined && before !== undefined) {
    const details = 'Give page[after] or page[before], not both.';
    throw new ProblemError({ code: 'invalid-parameter', details, source: { parameter: 'page[before]' } });
  }
  const read = (parameter: string, cursor: string): Place => {
    const form = PLACES[sort.replace(/^-/, '') as keyof typeof PLACES];
    const [, position = '', key] = form.exec(fromCursor(listOf(sort), parameter, cursor, form)) ?? [];
    return { position, ...(key !== undefined && { key }) };
  };
  if (after !== undefined) return { direction: 'after', ...read('page[after]', after) };
  if (before !== undefined) return { direction: 'before', ...read('page[before]', before) };
  return null;
}
