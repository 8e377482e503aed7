import { setTimeout as delay } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { isPostgres } from './dialect';
import { DatabaseUnavailable, UnusableDatabase } from './unusable';

/** Forward-only steps by name, run in the order of their names. A released step never changes. */
export type Migrations = Readonly<Record<string, Pick<Migration, 'up'>>>;

/** Records the steps that were run. A database of this service gets this table before any other. */
export const MIGRATIONS_TABLE = 'migrations';

interface MigrationTables {
  migrations: {
    name: string;
    /** ISO-8601 UTC. */
    timestamp: string;
  };
}

/**
 * Migrates the tables to this version: all steps or none, under a lock, so that several processes may start at once.
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

/**
 * Checks, without changing anything, that the tables are of exactly this version. @throws UnusableDatabase when they
 * are not.
 */
export async function requireMigrated(database: Kysely<never>, migrations: Migrations): Promise<void> {
  const executed = await executedMigrations(database);
  refuseNewer(executed, migrations);
  const pending = pendingOf(executed, migrations);
  if (pending.length === 0) return;
  throw new UnusableDatabase(
    `The database was written by an older version (it lacks ${pending.join(', ')}). Nothing was changed; start the service of this version once, which brings it up to date.`,
  );
}

/** The steps that have not been run yet. */
export async function pendingMigrations(database: Kysely<never>, migrations: Migrations): Promise<string[]> {
  return pendingOf(await executedMigrations(database), migrations);
}

/** The number of the advisory lock by which PostgreSQL lets one process migrate at a time. */
const LOCK = 20_260_601;
/** In milliseconds: how long to wait for another process that migrates, and how often to try the lock. */
const LOCK_PATIENCE = 60_000;
const ASK_EVERY = 100;

/** Runs the work in one transaction that no other migration can enter. */
async function alone(database: Kysely<never>, work: (connection: Kysely<never>) => Promise<void>): Promise<void> {
  await database.connection().execute(async (connection) => {
    await sql.raw(isPostgres(connection) ? 'begin' : 'begin immediate').execute(connection);
    try {
      if (isPostgres(connection)) await waitForOthers(connection);
      await work(connection);
      await sql`commit`.execute(connection);
    } catch (error) {
      // After some faults SQLite has already rolled back by itself.
      await sql`rollback`.execute(connection).catch(() => undefined);
      throw error;
    }
  });
}

/**
 * Polls for the lock: a single waiting statement could exceed its time limit before the other process is done. The
 * statements of a step are exempt from the usual time limit, and bounded only by how long an answer is waited for.
 */
async function waitForOthers(connection: Kysely<never>): Promise<void> {
  await sql`set local statement_timeout = 0`.execute(connection);
  const patience = performance.now() + LOCK_PATIENCE;
  while (!(await isMine(connection))) {
    if (performance.now() > patience) {
      throw new DatabaseUnavailable(
        `Another process has not finished bringing the database up to date within ${LOCK_PATIENCE} ms. Look for it, then start again.`,
      );
    }
    await delay(ASK_EVERY);
  }
}

async function isMine(connection: Kysely<never>): Promise<boolean> {
  const { rows } = await sql<{ mine: boolean }>`select pg_try_advisory_xact_lock(${sql.lit(LOCK)}) as mine`.execute(
    connection,
  );
  return rows[0]?.mine === true;
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
