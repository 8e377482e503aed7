import { type Kysely, type RawBuilder, sql } from 'kysely';
import { isPostgres } from '@connections/database/dialect';
import type { LastLeaf } from './last-leaf';
import { type Hash, type Subtree, subtreesOf } from './merkle-tree';
import type { TreeRow, TreeTables } from './tree.table';

/**
 * The SQL statements about the tree. Each takes its list of arguments as one parameter, or as one a column, so that one
 * statement serves all lengths and can stay prepared: JSON on SQLite, arrays on PostgreSQL.
 */

/** More levels than any tree whose size JavaScript can count. */
const LEVELS = 53;

/** The size and right edge of the tree, as `GrowingTree` takes them. */
export async function edgeOf(tx: Kysely<TreeTables>, table: string): Promise<[size: number, edge: Hash[]]> {
  const tree = sql.table(table);
  // The newest subtree of each level, by one index look-up a level: neither engine has a faster grouped maximum.
  const { rows } = await sql<Pick<TreeRow, 'level' | 'idx' | 'hash'>>`
    with recursive levels(level) as (select 0 union all select level + 1 from levels where level < ${sql.lit(LEVELS)})
    select t.level, t.idx, t.hash from levels cross join ${tree} t
    where t.level = levels.level and t.idx = (select max(u.idx) from ${tree} u where u.level = levels.level)`.execute(
    tx,
  );
  const newest = new Map(rows.map((row) => [row.level, row]));
  const size = (newest.get(0)?.idx ?? -1) + 1;
  const edge = subtreesOf({ begin: 0, end: size }).map(({ level, index }) => {
    const row = newest.get(level);
    if (row?.idx !== index) throw new Error(`The tree of ${size} leaves lacks subtree ${index} of level ${level}.`);
    return Buffer.from(row.hash, 'base64');
  });
  return [size, edge];
}

/** The SQL that reads the last leaf of a table, on either engine. */
export const lastLeafQuery = (table: string): string =>
  `select idx as "index", stream, revision, position, hash from ${table} where level = 0 order by idx desc limit 1`;

/** The last leaf; null if there is none. */
export async function lastLeaf(database: Kysely<TreeTables>, table: string): Promise<LastLeaf | null> {
  const { rows } = await sql.raw<LastLeaf>(lastLeafQuery(table)).execute(database);
  return rows[0] ?? null;
}

/** The last revision of each stream in the tree; streams that are not in it are left out. */
export async function lastRevisions(
  tx: Kysely<TreeTables>,
  table: string,
  streams: readonly string[],
): Promise<Map<string, number>> {
  const tree = sql.table(table);
  const { rows } = await sql<{ stream: string; revision: number | null }>`
    select s.value as stream, (select max(t.revision) from ${tree} t where t.stream = s.value) as revision
    from ${textsOf(tx, streams)}`.execute(tx);
  return new Map(rows.flatMap(({ stream, revision }) => (revision === null ? [] : [[stream, revision]])));
}

export async function insertRows(tx: Kysely<TreeTables>, table: string, rows: readonly TreeRow[]): Promise<void> {
  const tree = sql.table(table);
  const columns = sql.raw('level, idx, hash, stream, revision, position');
  const insert = isPostgres(tx)
    ? sql`insert into ${tree} (${columns}) select * from unnest(
        ${rows.map(({ level }) => level)}::integer[], ${rows.map(({ idx }) => idx)}::bigint[],
        ${rows.map(({ hash }) => hash)}::text[], ${rows.map(({ stream }) => stream)}::text[],
        ${rows.map(({ revision }) => revision)}::integer[], ${rows.map(({ position }) => position)}::text[])`
    : sql`insert into ${tree} (${columns})
        select value->>0, value->>1, value->>2, value->>3, value->>4, value->>5 from json_each(${JSON.stringify(
          rows.map(({ level, idx, hash, stream, revision, position }) => [
            level,
            idx,
            hash,
            stream,
            revision,
            position,
          ]),
        )})`;
  await insert.execute(tx);
}

/** A query for complete subtrees, and the function that makes its parameters from them. */
export function subtreesQuery(database: Kysely<TreeTables>): {
  readonly query: RawBuilder<Pick<TreeRow, 'level' | 'idx' | 'hash'>>;
  readonly parametersOf: (subtrees: readonly Subtree[]) => unknown[];
} {
  // The cross join keeps SQLite from scanning the whole tree for a short list.
  if (isPostgres(database)) {
    return {
      query: sql`select t.level, t.idx, t.hash from unnest(${[]}::integer[], ${[]}::bigint[]) as s(level, idx)
        join tree t on t.level = s.level and t.idx = s.idx`,
      parametersOf: (subtrees) => [subtrees.map(({ level }) => level), subtrees.map(({ index }) => index)],
    };
  }
  return {
    query: sql`select t.level, t.idx, t.hash from json_each(${''}) s
      cross join tree t where t.level = s.value->>0 and t.idx = s.value->>1`,
    parametersOf: (subtrees) => [JSON.stringify(subtrees.map(({ level, index }) => [level, index]))],
  };
}

const textsOf = (tx: Kysely<TreeTables>, texts: readonly string[]): RawBuilder<unknown> =>
  isPostgres(tx) ? sql`unnest(${texts}::text[]) as s(value)` : sql`json_each(${JSON.stringify(texts)}) s`;
