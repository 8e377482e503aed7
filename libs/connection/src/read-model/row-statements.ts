import { type CompiledQuery, type InsertQueryBuilder, type InsertResult, type Kysely, sql } from 'kysely';
import { isPostgres } from '@connections/database/dialect';
import type { ConnectionRow, ReadModelTables } from './connections.table';

/** Rows a statement: powers of two, so that a handful of statements serves every batch and can be kept. */
const CHUNKS = [64, 32, 16, 8, 4, 2, 1];

/** Writes rows: some whole, which may be there already, and of others, which are there, what events change. */
export async function writeRows(
  tx: Kysely<ReadModelTables>,
  table: string,
  { begun, continued }: { readonly begun: readonly ConnectionRow[]; readonly continued: readonly ConnectionRow[] },
): Promise<void> {
  if (isPostgres(tx)) {
    const rows = [...begun, ...continued];
    if (rows.length === 0) return;
    const query = kept(tx, `upsert ${table}`, () => upsertOfArrays(tx, table));
    await tx.executeQuery({ ...query, parameters: columns.map((column) => rows.map((row) => row[column])) });
    return;
  }
  for (const chunk of chunksOf(begun)) {
    const query = kept(tx, `upsert ${table} ${chunk.length}`, () => upsertOf(tx, table, chunk));
    await tx.executeQuery({ ...query, parameters: parametersOf(chunk, columns) });
  }
  for (const chunk of chunksOf(continued)) {
    const query = kept(tx, `update ${table} ${chunk.length}`, () => updateOf(tx, table, chunk));
    await tx.executeQuery({ ...query, parameters: parametersOf(chunk, ['id', ...changing]) });
  }
}

/** The rows that there are of these connections. */
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

/** Statements by what they do, for each database: what one engine understands another may not. */
const statements = new WeakMap<object, Map<string, CompiledQuery>>();

/** Building a statement costs several times what running it does, so each is built once. */
function kept(tx: Kysely<ReadModelTables>, name: string, build: () => CompiledQuery): CompiledQuery {
  const { adapter } = tx.getExecutor();
  const ofDatabase = statements.get(adapter) ?? new Map<string, CompiledQuery>();
  statements.set(adapter, ofDatabase);
  const query = ofDatabase.get(name) ?? build();
  ofDatabase.set(name, query);
  return query;
}

/** PostgreSQL takes a column as one parameter, so that one statement serves a batch of any size. */
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

function parametersOf(rows: readonly ConnectionRow[], of: readonly (keyof ConnectionRow)[]): unknown[] {
  const parameters: unknown[] = [];
  for (const row of rows) for (const column of of) parameters.push(row[column]);
  return parameters;
}

const upsertOf = (tx: Kysely<ReadModelTables>, table: string, rows: readonly ConnectionRow[]): CompiledQuery =>
  orUpdate(
    table,
    tx
      .insertInto(table as 'connections')
      .columns([...columns])
      .values(rows.map((row) => Object.fromEntries(columns.map((column) => [column, row[column]])) as never)),
  );

/** A third of what an upsert would take to bind and to look at. Events that come a second time change nothing. */
function updateOf(tx: Kysely<ReadModelTables>, table: string, rows: readonly ConnectionRow[]): CompiledQuery {
  const values = rows.map((row) => sql`(${sql.join(['id', ...changing].map((column) => row[column as 'id']))})`);
  const to = changing.map((column, index) => sql`${sql.ref(column)} = ${sql.ref(`given.column${index + 2}`)}`);
  return sql`update ${sql.table(table)} set ${sql.join(to)} from (values ${sql.join(values)}) as given
    where id = given.column1 and revision < given.column2`.compile(tx);
}

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

/** Events that come a second time never take a row back to where it was. */
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
