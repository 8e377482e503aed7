import { type RawBuilder, sql } from 'kysely';
import type { Position } from '@connections/event-store/event-store';
import { legible } from '../domain/free-text';
import { type NamedRow, toNamedConnection } from '../read-model/named-rows';

/** The orders of a list: a leading minus puts the newest, or the end of the alphabet, first. */
export const sorts = ['-created-at', 'created-at', '-updated-at', 'updated-at', 'name', '-name'] as const;
export type Sort = (typeof sorts)[number];

/** The place of a connection in a list. It stays valid, whatever happens to that connection. */
export interface Place {
  /** The position of its creation, which no two connections share. */
  readonly position: Position;
  /** The value that the list is ordered by first: the time of a change, or a name. Absent in the order of creation. */
  readonly key?: string;
}

/** Where a page begins: after or before a place. */
export interface Cursor extends Place {
  readonly direction: 'after' | 'before';
}

/** The name of a row, stored in the row or beside it. */
export const NAME = sql<string | null>`coalesce(name, (select text from texts where commitment = name_commitment))`;

/** Folds the case of ASCII letters only, which every engine does in every setting. */
export const lowerCase = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

interface Order {
  /** What rows are compared by first; null to use the position of creation alone. */
  readonly key: RawBuilder<string> | null;
  readonly keyOf: (row: NamedRow) => string | undefined;
}

/** The prefix of a name that is there, and the key that stands for a missing one and sorts last. */
const [NAMED, NAMELESS] = ['0', '1'];

const orders: Record<'created-at' | 'updated-at' | 'name', Order> = {
  'created-at': { key: null, keyOf: () => undefined },
  'updated-at': { key: sql<string>`updated_at`, keyOf: (row) => row.updated_at },
  name: {
    key: sql<string>`coalesce(${sql.lit(NAMED)} || lower(${NAME}), ${sql.lit(NAMELESS)})`,
    keyOf: (row) => {
      const name = legible(toNamedConnection(row).name);
      return name === null ? NAMELESS : NAMED + lowerCase(name);
    },
  },
};

/** How a list is ordered. */
export const orderOf = (sort: Sort): Order => orders[sort.replace(/^-/, '') as keyof typeof orders];

export const isDescending = (sort: Sort): boolean => sort.startsWith('-');

/**
 * Whether a list follows an index, so that a page costs the same however long the list is. An index by the last change
 * would be updated with every event and, on PostgreSQL, all other indexes with it: projecting would take half as long
 * again. Names are stored beside the rows, so that they can be redacted, and have no index either.
 */
export const isIndexed = (sort: Sort): boolean => orderOf(sort).key === null;

/** The place that a cursor starts from. */
export const placeIn = ({ direction: _, ...place }: Cursor): Place => place;

export const placeOf = (row: NamedRow, sort: Sort): Place => {
  const key = orderOf(sort).keyOf(row);
  return { position: row.created_position, ...(key !== undefined && { key }) };
};

/** Negative when the first place comes first in ascending order; compares bytes, as the databases do. */
export function compared(one: Place, other: Place): number {
  const keys = one.key === other.key ? 0 : Buffer.compare(Buffer.from(one.key ?? ''), Buffer.from(other.key ?? ''));
  if (keys !== 0 || one.position === other.position) return keys;
  return one.position < other.position ? -1 : 1;
}
