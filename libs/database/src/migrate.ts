import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { isPostgres } from './dialect';
import { DatabaseUnavailable, UnusableDatabase } from './unusable';

/** Forward-only steps by name; they run in the order of their names and are never changed once released. */
export type Migrations = Readonly<Record<string, Pick<Migration, 'up'>>>;

/** Where the steps that were run are kept. A database of this service has it before it has any other table. */
export const MIGRATIONS_TABLE = 'migrations';

interface MigrationTables {
  migrations: {
    name: string;
    /** ISO-8601 UTC. */
    timestamp: string;
  };
}

/**
 * Brings the tables to this version: all steps or none, and under a lock, so that several processes may start at once.
 * @throws UnusableDatabase when the database was written by a newer version.
 */
export async function migrate(database: Kysely<never>, migrations: Migrations): Promise<void> {
  await alone(database, async (connection) => {
    const executed = await executedMigrations(connection);
    refuseNewer(executed, migrations);
    const table = connection as unknown as Kysely<MigrationTables>;
    await table.schema
      .createTable(MIGRATIONS_TABLE)
      .ifNotExists()
      .addColumn('name', 'varchar(255)', (column) => column.notNull().primaryKey())
      .addColumn('timestamp', 'varchar(255)', (column) => column.notNull())
      .execute();
    for (const name of pendingOf(executed, migrations)) {
      await migrations[name]?.up(connection);
      const timestamp = new Date().toISOString();
      await table.insertInto(MIGRATIONS_TABLE).values({ name, timestamp }).execute();
    }
  });
}

/** Makes sure, changing nothing, that the tables are of this very version. @throws UnusableDatabase when they are not. */
export async function requireMigrated(database: Kysely<never>, migrations: Migrations): Promise<void> {
  const executed = await executedMigrations(database);
  refuseNewer(executed, migrations);
  const pending = pendingOf(executed, migrations);
  if (pending.length === 0) return;
  throw new UnusableDatabase(
    `The database was written by an older version (it lacks ${pending.join(', ')}). Nothing was changed; start the service of this version once, which brings it up to date.`,
  );
}

/** The steps that are still to be run. */
export async function pendingMigrations(database: Kysely<never>, migrations: Migrations): Promise<string[]> {
  return pendingOf(await executedMigrations(database), migrations);
}

/** Processes that start at once agree on this number, which is PostgreSQL's name of their lock. */
const LOCK = 20_260_601;
/** How long to wait for another process that migrates, in milliseconds. */
const LOCK_PATIENCE = 60_000;

/** Runs the work in one transaction, with the tables to itself. */
async function alone(database: Kysely<never>, work: (connection: Kysely<never>) => Promise<void>): Promise<void> {
  await database.connection().execute(async (connection) => {
    await sql.raw(isPostgres(connection) ? 'begin' : 'begin immediate').execute(connection);
    try {
      if (isPostgres(connection)) await waitForOthers(connection);
      await work(connection);
      await sql`commit`.execute(connection);
    } catch (error) {
      // After some faults SQLite has rolled back by itself, and then there is nothing to roll back.
      await sql`rollback`.execute(connection).catch(() => undefined);
      throw error;
    }
  });
}

/** A step may take its time, so neither it nor those that wait for it are held to the time of a usual statement. */
async function waitForOthers(connection: Kysely<never>): Promise<void> {
  await sql`set local statement_timeout = 0`.execute(connection);
  await sql.raw(`set local lock_timeout = ${LOCK_PATIENCE}`).execute(connection);
  try {
    await sql.raw(`select pg_advisory_xact_lock(${LOCK})`).execute(connection);
  } catch (cause) {
    if (!(cause instanceof DatabaseUnavailable)) throw cause;
    throw new DatabaseUnavailable(
      `Another process has not finished bringing the database up to date (${cause.message}). Look for it, then start again.`,
      { cause },
    );
  }
}

const pendingOf = (executed: readonly string[], migrations: Migrations): string[] =>
  Object.keys(migrations)
    .sort()
    .filter((name) => !executed.includes(name));

function refuseNewer(executed: readonly string[], migrations: Migrations): void {
  const unknown = executed.filter((name) => !(name in migrations));
  if (unknown.length === 0) return;
  throw new UnusableDatabase(
    `The database was written by a newer version (it has ${unknown.join(', ')}, which this one does not know). Nothing was changed; start that version or a newer one.`,
  );
}

async function executedMigrations(database: Kysely<never>): Promise<string[]> {
  const isThere = isPostgres(database)
    ? sql`select 1 where to_regclass(${MIGRATIONS_TABLE}) is not null`
    : sql`select 1 from sqlite_schema where type = 'table' and name = ${MIGRATIONS_TABLE}`;
  if ((await isThere.execute(database)).rows.length === 0) return [];
  const table = database as unknown as Kysely<MigrationTables>;
  const rows = await table.selectFrom(MIGRATIONS_TABLE).select('name').orderBy('name').execute();
  return rows.map(({ name }) => name);
}
