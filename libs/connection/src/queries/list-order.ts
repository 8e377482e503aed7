import { type RawBuilder, sql } from 'kysely';
import type { Position } from '@connections/event-store/event-store';
import { legible } from '../domain/free-text';
import { type NamedRow, toNamedConnection } from '../read-model/named-rows';

/** The orders that a list can have: a leading minus puts the newest, or the last of the alphabet, first. */
export const sorts = ['-created-at', 'created-at', '-updated-at', 'updated-at', 'name', '-name'] as const;
export type Sort = (typeof sorts)[number];

/** A place in a list: that of one connection. It stays where it is, whatever becomes of that connection. */
export interface Place {
  /** The position of its creation, which no two connections share. */
  readonly position: Position;
  /** What the list goes by before that: the time of a change, or a name. None where the order is that of creation. */
  readonly key?: string;
}

/** Where a page starts: behind or before a place. */
export interface Cursor extends Place {
  readonly direction: 'after' | 'before';
}

/** The name of a row, wherever its text is. */
export const NAME = sql<string | null>`coalesce(name, (select text from texts where commitment = name_commitment))`;

/** The letters of ASCII alone have a case here, as they have for every engine with any setting. */
export const lowerCase = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

interface Order {
  /** What rows are compared by before the position of their creation; null for that position alone. */
  readonly key: RawBuilder<string> | null;
  readonly keyOf: (row: NamedRow) => string | undefined;
}

/** What a name that is there begins with, and what stands for one that is not, which comes behind all others. */
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
 * Whether a list is a walk along an index, which costs the same however long it is. An index by the last change would be
 * written to with every event, and with it, on PostgreSQL, all others: projecting would take half as much time again.
 * Names lie beside the rows, where redacting them takes them away.
 */
export const isIndexed = (sort: Sort): boolean => orderOf(sort).key === null;

/** Where a cursor starts from. */
export const placeIn = ({ direction: _, ...place }: Cursor): Place => place;

export const placeOf = (row: NamedRow, sort: Sort): Place => {
  const key = orderOf(sort).keyOf(row);
  return { position: row.created_position, ...(key !== undefined && { key }) };
};

/** Less than 0 when the first place comes first in ascending order: by bytes, as databases compare. */
export function compared(one: Place, other: Place): number {
  const keys = one.key === other.key ? 0 : Buffer.compare(Buffer.from(one.key ?? ''), Buffer.from(other.key ?? ''));
  if (keys !== 0 || one.position === other.position) return keys;
  return one.position < other.position ? -1 : 1;
}
