import { type CompiledQuery, type Kysely, sql } from 'kysely';
import type { ConnectionRow, ReadModelTables } from './connections.table';

/** Rows a statement. Powers of two, so that a handful of statements serves every batch and can be kept. */
const CHUNKS = [64, 16, 4, 1];

const compiled = new Map<string, CompiledQuery>();

/**
 * Writes rows, new or changed. The statement of each chunk size is built once and then only given other parameters:
 * building it costs several times what running it does.
 */
export async function upsertConnections(
  tx: Kysely<ReadModelTables>,
  table: string,
  rows: readonly ConnectionRow[],
): Promise<void> {
  let start = 0;
  for (const size of CHUNKS) {
    for (; rows.length - start >= size; start += size) {
      const chunk = rows.slice(start, start + size);
      const key = `${table} ${size}`;
      const query = compiled.get(key) ?? statementFor(tx, table, chunk);
      compiled.set(key, query);
      await tx.executeQuery({ ...query, parameters: chunk.flatMap(parametersOf) });
    }
  }
}

const columns = [
  'id',
  'revision',
  'created_position',
  'source_organization_id',
  'destination_organization_id',
  'name',
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

/** The names of columns in the order of the statement; every row has them all. */
const parametersOf = (row: ConnectionRow): unknown[] => columns.map((column) => row[column]);

const statementFor = (tx: Kysely<ReadModelTables>, table: string, rows: readonly ConnectionRow[]): CompiledQuery =>
  tx
    .insertInto(table as 'connections')
    .columns([...columns])
    .values(rows.map((row) => Object.fromEntries(columns.map((column) => [column, row[column]])) as never))
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet((set) => Object.fromEntries(changing.map((column) => [column, set.ref(`excluded.${column}`)])))
        // Events that come a second time never take a row back to where it was.
        .where((where) => where(sql.ref(`${table}.revision`), '<', where.ref('excluded.revision'))),
    )
    .compile();
