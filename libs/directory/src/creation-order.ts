import { type SelectQueryBuilder, sql, type SqlBool } from 'kysely';

/** A place in a list that is ordered by creation: the creation time (ISO-8601 UTC) and id of one of its rows. */
export interface CreationCursor {
  readonly createdAt: string;
  readonly id: string;
}

export interface PageRequest {
  readonly size: number;
  readonly after?: CreationCursor | undefined;
}

/** The page of a list, newest first. @param columns that hold the creation time and the id. */
export function newestFirst<DB, TB extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, TB, Row>,
  { size, after }: PageRequest,
  columns: readonly [createdAt: string, id: string] = ['created_at', 'id'],
): SelectQueryBuilder<DB, TB, Row> {
  const [createdAt, id] = [sql.ref(columns[0]), sql.ref(columns[1])];
  const page = query.orderBy(createdAt, 'desc').orderBy(id, 'desc').limit(size);
  return after ? page.where(sql<SqlBool>`(${createdAt}, ${id}) < (${after.createdAt}, ${after.id})`) : page;
}
