import {
  type CompiledQuery,
  type InsertQueryBuilder,
  type InsertResult,
  type Kysely,
  type RawBuilder,
  sql,
} from 'kysely';
import { isPostgres } from '@connections/database/dialect';
import type { ConnectionRow, ReadModelTables } from './connections.table';

/** How many rows one statement takes: powers of two, so that a handful of prepared statements serves every batch. */
const CHUNKS = [64, 32, 16, 8, 4, 2, 1];

/** The changes to a row, and the revision that it must have before. */
export interface RowChange extends Pick<ConnectionRow, 'id' | (typeof changing)[number]> {
  readonly before: number;
}

/** Writes whole rows, replacing existing ones. */
export async function writeRows(
  tx: Kysely<ReadModelTables>,
  table: string,
  rows: readonly ConnectionRow[],
): Promise<void> {
  if (isPostgres(tx)) {
    if (rows.length === 0) return;
    const query = kept(tx, `upsert ${table}`, () => upsertOfArrays(tx, table));
    await tx.executeQuery({ ...query, parameters: columns.map((column) => rows.map((row) => row[column])) });
    return;
  }
  await inChunks(tx, `upsert ${table}`, rows, columns, (chunk) => orUpdate(table, insertOf(tx, table, chunk)));
}

/*
 * When a statement fails at one of many rows, SQLite undoes the others, and copies every page it touches to be able to.
 * Here any failure ends the whole transaction anyway, so these two statements do without that.
 */

/** Inserts rows that do not exist yet, on SQLite. @returns how many it inserted. */
export const insertRows = (
  tx: Kysely<ReadModelTables>,
  table: string,
  rows: readonly ConnectionRow[],
): Promise<number> =>
  inChunks(tx, `insert ${table}`, rows, columns, (chunk) => insertOf(tx, table, chunk).orIgnore().compile());

/**
 * Changes the rows that are at the given revisions, without reading them first, on SQLite.
 * @returns how many it changed.
 */
export const changeRows = (
  tx: Kysely<ReadModelTables>,
  table: string,
  changes: readonly RowChange[],
): Promise<number> => inChunks(tx, `change ${table}`, changes, given, (chunk) => changeOf(tx, table, chunk));

/**
 * Runs a statement on some rows at a time. @param build makes the statement for a number of rows. @returns how many
 * rows were written.
 */
async function inChunks<Row>(
  tx: Kysely<ReadModelTables>,
  name: string,
  rows: readonly Row[],
  of: readonly (keyof Row)[],
  build: (chunk: readonly Row[]) => CompiledQuery,
): Promise<number> {
  let written = 0n;
  for (const chunk of chunksOf(rows)) {
    const query = kept(tx, `${name} ${chunk.length}`, () => build(chunk));
    const { numAffectedRows = 0n } = await tx.executeQuery({ ...query, parameters: parametersOf(chunk, of) });
    written += numAffectedRows;
  }
  return Number(written);
}

/** The existing rows of these connections. */
export async function loadRows(
  tx: Kysely<ReadModelTables>,
  table: string,
  ids: readonly string[],
): Promise<ConnectionRow[]> {
  if (ids.length === 0) return [];
  if (isPostgres(tx)) {
    const query = kept(tx, `load ${table}`, () => loadOfArray(tx, table));
    return (await tx.executeQuery({ ...query, parameters: [ids] })).rows as ConnectionRow[];
  }
  const loaded: ConnectionRow[] = [];
  for (const chunk of chunksOf(ids)) {
    const query = kept(tx, `load ${table} ${chunk.length}`, () => loadOf(tx, table, chunk));
    const { rows } = await tx.executeQuery({ ...query, parameters: chunk });
    loaded.push(...(rows as ConnectionRow[]));
  }
  return loaded;
}

function* chunksOf<T>(items: readonly T[]): Generator<readonly T[]> {
  let start = 0;
  for (const size of CHUNKS) {
    for (; items.length - start >= size; start += size) yield items.slice(start, start + size);
  }
}

/** Statements by name, for each engine: their SQL differs. */
const statements = new WeakMap<object, Map<string, CompiledQuery>>();

/** Building a statement costs several times as much as running it, so each is built once. */
function kept(tx: Kysely<ReadModelTables>, name: string, build: () => CompiledQuery): CompiledQuery {
  const { adapter } = tx.getExecutor();
  const ofDatabase = statements.get(adapter) ?? new Map<string, CompiledQuery>();
  statements.set(adapter, ofDatabase);
  const query = ofDatabase.get(name) ?? build();
  ofDatabase.set(name, query);
  return query;
}

/** PostgreSQL takes a list as one array parameter, so that one statement serves batches of any size. */
const loadOfArray = (tx: Kysely<ReadModelTables>, table: string): CompiledQuery =>
  tx
    .selectFrom(table as 'connections')
    .selectAll()
    .where('id', '=', sql<string>`any(${[]}::text[])`)
    .compile();

const loadOf = (tx: Kysely<ReadModelTables>, table: string, ids: readonly string[]): CompiledQuery =>
  tx
    .selectFrom(table as 'connections')
    .selectAll()
    .where('id', 'in', [...ids])
    .compile();

const columns = [
  'id',
  'revision',
  'created_position',
  'source_organization_id',
  'destination_organization_id',
  'name',
  'name_commitment',
  'scopes',
  'status',
  'creator_id',
  'creator_type',
  'deactivated_by',
  'created_at',
  'updated_at',
] as const satisfies readonly (keyof ConnectionRow)[];

/** The columns that events after the first may change. */
const changing = ['revision', 'status', 'deactivated_by', 'updated_at'] as const;
const given = ['id', 'before', ...changing] as const;

function parametersOf<Row>(rows: readonly Row[], of: readonly (keyof Row)[]): unknown[] {
  const parameters: unknown[] = [];
  for (const row of rows) for (const column of of) parameters.push(row[column]);
  return parameters;
}

const insertOf = (
  tx: Kysely<ReadModelTables>,
  table: string,
  rows: readonly ConnectionRow[],
): InsertQueryBuilder<ReadModelTables, 'connections', InsertResult> =>
  tx
    .insertInto(table as 'connections')
    .columns([...columns])
    .values(rows.map((row) => Object.fromEntries(columns.map((column) => [column, row[column]])) as never));

function changeOf(tx: Kysely<ReadModelTables>, table: string, changes: readonly RowChange[]): CompiledQuery {
  const values = changes.map((change) => sql`(${sql.join(given.map((name) => change[name]))})`);
  const to = changing.map((column) => sql`${sql.ref(column)} = ${nth(column)}`);
  return sql`update or fail ${sql.table(table)} set ${sql.join(to)} from (values ${sql.join(values)}) as given
    where id = ${nth('id')} and revision = ${nth('before')}`.compile(tx);
}

/** SQLite names the columns of a values list by their places. */
const nth = (name: (typeof given)[number]): RawBuilder<unknown> => sql.ref(`given.column${given.indexOf(name) + 1}`);

const upsertOfArrays = (tx: Kysely<ReadModelTables>, table: string): CompiledQuery => {
  const arrays = columns.map((column) => sql`${[]}::${sql.raw(column === 'revision' ? 'integer[]' : 'text[]')}`);
  return orUpdate(
    table,
    tx
      .insertInto(table as 'connections')
      .columns([...columns])
      .expression(sql<never>`select * from unnest(${sql.join(arrays)})`),
  );
};

/** An event that arrives again never sets a row back. */
const orUpdate = (
  table: string,
  insertion: InsertQueryBuilder<ReadModelTables, 'connections', InsertResult>,
): CompiledQuery =>
  insertion
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet((set) => Object.fromEntries(changing.map((column) => [column, set.ref(`excluded.${column}`)])))
        .where((where) => where(sql.ref(`${table}.revision`), '<', where.ref('excluded.revision'))),
    )
    .compile();
