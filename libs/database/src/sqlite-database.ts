import { LRUCache } from 'lru-cache';
import type { Database as SqliteConnection } from 'better-sqlite3';
import { Kysely, sql, SqliteDialect, SqliteQueryCompiler, type SqliteDatabase, type SqliteStatement } from 'kysely';
import { Database } from './database';
import { identityOf } from './file-identity';
import { MIGRATIONS_TABLE } from './migrate';
import { SharedReads } from './shared-reads';
import { openSqlite } from './sqlite-file';
import { DatabaseUnavailable, UnusableFile } from './unusable';

/** The most statements that a connection keeps prepared. */
const PREPARED_STATEMENTS = 200;

/**
 * A database in one SQLite file, with one connection that writes and one that only reads: in WAL mode a reader never
 * waits for the writer.
 * @throws UnusableFile when the file cannot be used.
 */
export function openSqliteDatabase<Tables>(path: string): Database<Tables> {
  const writing = openSqlite(path, false, (database) => refuseForeign(database, path));
  // By default, writes can be recomputed; durable ones ask for more: see `Database.transaction`.
  writing.pragma('synchronous = NORMAL');
  // Deleted rows are overwritten; for whole pages that are freed, see `erasing`.
  writing.pragma('secure_delete = FAST');
  const reading = openReader(path, writing);
  const [toRead, toWrite] = [withPreparedStatements(reading), writingAtOnce(withPreparedStatements(writing))];
  const reads = new SharedReads(reading, toRead);
  const identity = identityOf(path);
  /** Another process, and the next start, would find nothing of what is written to a file that the path does not name. */
  const requireInPlace = (): void => {
    if (identity !== null && identityOf(path) === identity) return;
    throw new DatabaseUnavailable(
      `${path} was moved away or replaced since it was opened. Put it back before anything is started; nothing was written.`,
    );
  };
  const kysely = (database: SqliteDatabase): Kysely<Tables> =>
    new Kysely<Tables>({ dialect: new PlanningOnce({ database }) });
  return new Database(kysely(toRead), kysely(toWrite), {
    name: 'sqlite',
    async transaction(writer, durability, work) {
      if (durability === 'relaxed') return writer.transaction().execute(work);
      requireInPlace();
      return durableTransaction(writer, work);
    },
    lock: async () => undefined,
    async probe() {
      requireInPlace();
      toRead.prepare('select 1').all([]);
    },
    run: (text, parameters) => reads.run(text, parameters),
    // The number counts commits of other connections, and this one never writes.
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

function durableTransaction<Tables, T>(writer: Kysely<Tables>, work: (tx: Kysely<Tables>) => Promise<T>): Promise<T> {
  return writer.connection().execute(async (connection) => {
    await sql`pragma synchronous = full`.execute(connection);
    try {
      return await connection.transaction().execute(work);
    } finally {
      await sql`pragma synchronous = normal`.execute(connection);
    }
  });
}

/** A database with tables but no migrations belongs to another application. */
function refuseForeign(database: SqliteConnection, path: string): void {
  const tables = database.prepare<[], string>('select name from sqlite_schema').pluck().all();
  if (tables.length === 0 || tables.includes(MIGRATIONS_TABLE)) return;
  throw new UnusableFile(
    `${path} is a SQLite database, but not one of this service. Nothing was changed; set DATA_DIR to another folder.`,
  );
}

/**
 * SQLite looks at the values of parameters in `limit` and beside `order by` when it plans, and would then plan the
 * prepared statement anew at every execution, which costs several times what running it does. A plus in front of a
 * parameter prevents that.
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
 * A transaction that reads and then writes cannot wait for its turn: if another process has written in between, what it
 * read is outdated and SQLite refuses the write. So each transaction begins as a writing one, which does wait.
 */
const writingAtOnce = (connection: SqliteDatabase): SqliteDatabase => ({
  prepare: (sql) => connection.prepare(sql === 'begin' ? 'begin immediate' : sql),
  close: () => connection.close(),
});

/** The dialect prepares a statement at every execution; keeping it prepared makes a point query 1.7 times as fast. */
function withPreparedStatements(connection: SqliteConnection): SqliteDatabase {
  const statements = new LRUCache<string, SqliteStatement>({ max: PREPARED_STATEMENTS });
  return {
    prepare(sql) {
      // After some faults, such as a full disk, SQLite has already rolled back; failing here would hide the fault.
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
