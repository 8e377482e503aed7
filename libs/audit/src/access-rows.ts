import type { SelectQueryBuilder } from 'kysely';
import type { ReadModelTables } from '@connections/connection/read-model/connections.table';
import type { Database } from '@connections/database/database';
import type { AccessTables } from './accesses.tables';

export type Tables = AccessTables & ReadModelTables;

/** A record of access, with its end where it has one. */
export type Row = AccessTables['accesses'] & {
  readonly ended_at: string | null;
  readonly ended_as: string | null;
  readonly ended_items: number | null;
};

/** Where a record stands in the order of time. */
export interface Place {
  /** ISO-8601 UTC. */
  readonly at: string;
  readonly id: string;
}

/** Negative where the first is the newer one. */
export const newestFirst = (one: Place, other: Place): number =>
  one.at === other.at ? compare(other.id, one.id) : compare(other.at, one.at);

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

export type RowQuery<Selected = Row> = SelectQueryBuilder<Tables, 'accesses', Selected>;

export const selectRows = ({ reader }: Database<Tables>): RowQuery =>
  reader
    .selectFrom('accesses')
    .leftJoin('access_ends', 'access_ends.id', 'accesses.id')
    .selectAll('accesses')
    .select(['access_ends.at as ended_at', 'access_ends.outcome as ended_as', 'access_ends.items as ended_items']);

/** A part of some records in the order of time. Times are ISO-8601 UTC, inclusive. */
export interface Stretch {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Only what is older than this one. */
  readonly after?: Place | undefined;
  readonly size: number;
}

/** The newest records of a stretch, newest first. */
export function newestIn<Selected>(query: RowQuery<Selected>, { from, to, after, size }: Stretch): RowQuery<Selected> {
  let rows = query;
  if (from !== undefined) rows = rows.where('accesses.at', '>=', from);
  // Of two bounds above, a database may begin at the wrong one.
  if (after !== undefined && (to === undefined || after.at <= to)) {
    rows = rows.where((where) =>
      where(where.refTuple('accesses.at', 'accesses.id'), '<', where.tuple(after.at, after.id)),
    );
  } else if (to !== undefined) {
    rows = rows.where('accesses.at', '<=', to);
  }
  return rows.orderBy('accesses.at', 'desc').orderBy('accesses.id', 'desc').limit(size);
}
