import { type Kysely, sql } from 'kysely';

/** A column's value for display: what JSON can hold. */
export type ShownValue = string | number | boolean | null | object;

/** A row that is not the same on both sides. */
export interface RowDifference {
  /** The values of the primary key. */
  readonly key: Readonly<Record<string, ShownValue>>;
  /** `missing`: only the replayed table has it. `surplus`: only the live table has it. */
  readonly kind: 'differs' | 'missing' | 'surplus';
  /** The columns that differ; empty when the whole row is missing or surplus. */
  readonly columns: readonly ColumnDifference[];
}

export interface ColumnDifference {
  readonly column: string;
  readonly live: ShownValue;
  readonly replayed: ShownValue;
}

export interface Comparison {
  /** Rows that the replay of the log makes. */
  readonly rows: number;
  readonly differing: number;
  readonly missing: number;
  readonly surplus: number;
  /** The first differences, in the order of the primary key. */
  readonly differences: readonly RowDifference[];
}

/** The most differences that are listed; the others are only counted. */
const TOLD = 10;
const PAGE = 1_000;

type Row = Readonly<Record<string, unknown>>;

/**
 * Compares a table of one database with that of the same name in another, row by row in the order of the primary key.
 * Only one page of each is in memory. Values that the databases return in different types but that mean the same count
 * as equal.
 * @param sides `replayed` is on SQLite.
 */
export async function compareTables(
  sides: { readonly live: Kysely<unknown>; readonly replayed: Kysely<unknown> },
  table: string,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (rows: number, total: number) => void } = {},
): Promise<Comparison> {
  const key = await primaryKeyOf(sides.replayed, table);
  const total = await countOf(sides.replayed, table);
  const [live, replayed] = [rowsOf(sides.live, table, key), rowsOf(sides.replayed, table, key)];
  const counts = { differs: 0, missing: 0, surplus: 0 };
  const differences: RowDifference[] = [];
  const tell = (row: Row, kind: RowDifference['kind'], columns: readonly ColumnDifference[] = []): void => {
    counts[kind] += 1;
    if (differences.length >= TOLD) return;
    differences.push({ key: Object.fromEntries(key.map((column) => [column, shown(row[column])])), kind, columns });
  };
  let compared = 0;
  let [one, other] = [await live.next(), await replayed.next()];
  while (one.value !== undefined || other.value !== undefined) {
    const order = orderOf(one.value, other.value, key);
    if (order === 0) {
      const columns = differingColumns(one.value as Row, other.value as Row);
      if (columns.length > 0) tell(one.value as Row, 'differs', columns);
    } else if (order < 0) tell(one.value as Row, 'surplus');
    else tell(other.value as Row, 'missing');
    if (order >= 0) {
      compared += 1;
      if (compared % PAGE === 0) {
        options.signal?.throwIfAborted();
        options.onProgress?.(compared, total);
      }
    }
    if (order <= 0) one = await live.next();
    if (order >= 0) other = await replayed.next();
  }
  options.signal?.throwIfAborted();
  const { differs: differing, missing, surplus } = counts;
  return { rows: total, differing, missing, surplus, differences };
}

async function primaryKeyOf(sqlite: Kysely<unknown>, table: string): Promise<string[]> {
  const columns = sql<{ name: string }>`select name from pragma_table_info(${table}) where pk > 0 order by pk`;
  return (await columns.execute(sqlite)).rows.map(({ name }) => name);
}

async function countOf(database: Kysely<unknown>, table: string): Promise<number> {
  const { rows } = await sql<{ rows: number }>`select count(*) as rows from ${sql.table(table)}`.execute(database);
  return rows[0]?.rows ?? 0;
}

/** The rows of a table, read in pages, each found by the key behind which it begins. */
async function* rowsOf(
  database: Kysely<unknown>,
  table: string,
  key: readonly string[],
): AsyncGenerator<Row, undefined> {
  const columns = sql.join(key.map((column) => sql.ref(column)));
  for (let after: Row | undefined; ;) {
    const last = after;
    const behind = last ? sql`where (${columns}) > (${sql.join(key.map((column) => last[column]))})` : sql``;
    const page = sql<Row>`select * from ${sql.table(table)} ${behind} order by ${columns} limit ${sql.lit(PAGE)}`;
    const { rows } = await page.execute(database);
    yield* rows;
    after = rows.at(-1);
    if (rows.length < PAGE) return undefined;
  }
}

/** Less than 0 when the live row comes first, or is the last one left. */
function orderOf(live: Row | undefined, replayed: Row | undefined, key: readonly string[]): number {
  if (live === undefined) return 1;
  if (replayed === undefined) return -1;
  for (const column of key) {
    const order = orderOfValues(live[column], replayed[column]);
    if (order !== 0) return order;
  }
  return 0;
}

/** The order of both databases: numbers by size, text by its bytes. */
function orderOfValues(one: unknown, other: unknown): number {
  if (isSame(one, other)) return 0;
  if (typeof one === 'string' && typeof other === 'string') return Buffer.compare(Buffer.from(one), Buffer.from(other));
  return Number(one) - Number(other);
}

const differingColumns = (live: Row, replayed: Row): ColumnDifference[] =>
  [...new Set([...Object.keys(replayed), ...Object.keys(live)])]
    .filter((column) => !isSame(live[column], replayed[column]))
    .map((column) => ({ column, live: shown(live[column]), replayed: shown(replayed[column]) }));

/** Whether two values mean the same. Values of the same type are compared directly, others by their canonical text. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (one === null || other === null || one === undefined || other === undefined) return false;
  if (typeof one === typeof other && typeof one !== 'object') return false;
  return canonical(one) === canonical(other);
}

/** One text for all values that mean the same: 1, true, 1n and "1"; or an object and its JSON in any key order. */
function canonical(value: unknown): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (typeof value === 'object') return JSON.stringify(sorted(value));
  if (typeof value === 'string') return canonicalJson(value);
  return typeof value === 'bigint' ? value.toString() : JSON.stringify(value);
}

function canonicalJson(text: string): string {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.stringify(sorted(JSON.parse(text)));
  } catch {
    return text;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, member]) => [name, sorted(member)]));
}

/** A column that is not there is shown as null. */
function shown(value: unknown): ShownValue {
  if (value === undefined || value === null) return null;
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return value;
}
