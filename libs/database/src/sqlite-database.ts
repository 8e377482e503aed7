import { LRUCache } from 'lru-cache';
import type { Database as SqliteConnection } from 'better-sqlite3';
import { Kysely, sql, SqliteDialect, SqliteQueryCompiler, type SqliteDatabase, type SqliteStatement } from 'kysely';
import { Database, type Durability } from './database';
import { MIGRATIONS_TABLE } from './migrate';
import { SharedReads } from './shared-reads';
import { openSqlite } from './sqlite-file';
import { UnusableFile } from './unusable';

/** Prepared statements kept by a connection. */
const PREPARED_STATEMENTS = 200;

/**
 * A database in one SQLite file: one connection that writes and one that only reads, since a reader in WAL mode never
 * waits for the writer.
 * @throws UnusableFile when the file cannot serve.
 */
export function openSqliteDatabase<Tables>(path: string): Database<Tables> {
  const writing = openSqlite(path, false, (database) => refuseForeign(database, path));
  // What is written in passing may be recomputed; what may not asks for more: see `Database.transaction`.
  writing.pragma('synchronous = NORMAL');
  // Deleted rows are overwritten; see `erasing` for whole pages that are given up.
  writing.pragma('secure_delete = FAST');
  const reading = openReader(path, writing);
  const [toRead, toWrite] = [withPreparedStatements(reading), writingAtOnce(withPreparedStatements(writing))];
  const reads = new SharedReads(reading, toRead);
  const kysely = (database: SqliteDatabase): Kysely<Tables> =>
    new Kysely<Tables>({ dialect: new PlanningOnce({ database }) });
  return new Database(kysely(toRead), kysely(toWrite), {
    name: 'sqlite',
    transaction,
    lock: async () => undefined,
    probe: async () => void toRead.prepare('select 1').all([]),
    run: (text, parameters) => reads.run(text, parameters),
    // It counts what other connections commit, and this one writes nothing.
    version: async () => ((await reads.run('pragma data_version', [])) as [{ data_version: number }])[0].data_version,
    async close() {
      reading.close();
      writing.close();
    },
  });
}

function openReader(path: string, writing: SqliteConnection): SqliteConnection {
  try {
    const reading = openSqlite(path, true);
    reading.pragma('query_only = on');
    return reading;
  } catch (error) {
    writing.close();
    throw error;
  }
}

async function transaction<Tables, T>(
  writer: Kysely<Tables>,
  durability: Durability,
  work: (tx: Kysely<Tables>) => Promise<T>,
): Promise<T> {
  if (durability === 'relaxed') return writer.transaction().execute(work);
  return writer.connection().execute(async (connection) => {
    await sql`pragma synchronous = full`.execute(connection);
    try {
      return await connection.transaction().execute(work);
    } finally {
      await sql`pragma synchronous = normal`.execute(connection);
    }
  });
}

/** What has tables, but none of the migrations, belongs to something else. */
function refuseForeign(database: SqliteConnection, path: string): void {
  const tables = database.prepare<[], string>('select name from sqlite_schema').pluck().all();
  if (tables.length === 0 || tables.includes(MIGRATIONS_TABLE)) return;
  throw new UnusableFile(
    `${path} is a SQLite database, but not one of this service. Nothing was changed; set DATA_DIR to another folder.`,
  );
}

/**
 * SQLite looks at the values of parameters in `limit` and beside `order by` when it plans, and then plans the kept
 * statement anew at every execution, which costs several times what running it does. Behind a plus it does not look.
 */
class PlanningOnce extends SqliteDialect {
  override createQueryCompiler(): SqliteQueryCompiler {
    return new (class extends SqliteQueryCompiler {
      protected override getCurrentParameterPlaceholder(): string {
        return '+?';
      }
    })();
  }
}

/**
 * A transaction that reads and then writes cannot be waited for: where another process has written in between, what was read is
 * old, and SQLite refuses the write. So each begins as one that writes, which waits for its turn.
 */
const writingAtOnce = (connection: SqliteDatabase): SqliteDatabase => ({
  prepare: (sql) => connection.prepare(sql === 'begin' ? 'begin immediate' : sql),
  close: () => connection.close(),
});

/** The dialect prepares at every execution; keeping the statements makes a point query 1.7 times as fast. */
function withPreparedStatements(connection: SqliteConnection): SqliteDatabase {
  const statements = new LRUCache<string, SqliteStatement>({ max: PREPARED_STATEMENTS });
  return {
    prepare(sql) {
      // After some faults, such as a full disk, SQLite has rolled back by itself; to fail at that would hide the fault.
      if (sql === 'rollback' && !connection.inTransaction) return connection.prepare('select 1');
      const known = statements.get(sql);
      if (known) return known;
      const statement = connection.prepare(sql) as SqliteStatement;
      statements.set(sql, statement);
      return statement;
    },
    close: () => connection.close(),
  };
}
