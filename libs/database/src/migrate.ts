import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { UnusableFile } from './sqlite-file';

/** Forward-only steps by name; they run in the order of their names and are never changed once released. */
export type Migrations = Readonly<Record<string, Migration>>;

/**
 * Brings the tables to this version, under a lock, so that several processes may start at once.
 * @throws UnusableFile when the database was written by a newer version.
 */
export async function migrate(database: Kysely<never>, migrations: Migrations): Promise<void> {
  await database.connection().execute((connection) =>
    atOnce(connection, async () => {
      await refuseNewer(connection, migrations);
      const { error } = await migratorOf(connection, migrations).migrateToLatest();
      if (error instanceof Error) throw error;
      if (error !== undefined) throw new Error('A migration failed.', { cause: error });
    }),
  );
}

/**
 * The migrator neither locks SQLite nor runs its steps in a transaction there, so two processes would run the same
 * step, and one that is killed would leave half a step behind. Elsewhere it does both by itself.
 */
async function atOnce(connection: Kysely<never>, work: () => Promise<void>): Promise<void> {
  if (connection.getExecutor().adapter.supportsTransactionalDdl) return work();
  await sql`begin immediate`.execute(connection);
  try {
    await work();
    await sql`commit`.execute(connection);
  } catch (error) {
    // After some faults SQLite has rolled back by itself, and then there is nothing to roll back.
    await sql`rollback`.execute(connection).catch(() => undefined);
    throw error;
  }
}

/** Makes sure, changing nothing, that the tables are of this very version. @throws UnusableFile when they are not. */
export async function requireMigrated(database: Kysely<never>, migrations: Migrations): Promise<void> {
  await refuseNewer(database, migrations);
  const pending = await pendingMigrations(database, migrations);
  if (pending.length === 0) return;
  throw new UnusableFile(
    `The database was written by an older version (it lacks ${pending.join(', ')}). Nothing was changed; start the service of this version once, which brings it up to date.`,
  );
}

/** The steps that are still to be run. */
export async function pendingMigrations(database: Kysely<never>, migrations: Migrations): Promise<string[]> {
  const all = await migratorOf(database, migrations).getMigrations();
  return all.filter((migration) => migration.executedAt === undefined).map((migration) => migration.name);
}

/** Where the steps that were run are kept. A database of this service has it before it has any other table. */
export const MIGRATIONS_TABLE = 'migrations';

const migratorOf = (db: Kysely<never>, migrations: Migrations): Migrator =>
  new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations }) },
    migrationTableName: MIGRATIONS_TABLE,
    migrationLockTableName: `${MIGRATIONS_TABLE}_lock`,
  });

async function refuseNewer(database: Kysely<never>, migrations: Migrations): Promise<void> {
  const unknown = await unknownMigrations(database, migrations);
  if (unknown.length === 0) return;
  throw new UnusableFile(
    `The database was written by a newer version (it has ${unknown.join(', ')}, which this one does not know). Nothing was changed; start that version or a newer one.`,
  );
}

async function unknownMigrations(database: Kysely<never>, migrations: Migrations): Promise<string[]> {
  const tables = await database.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === MIGRATIONS_TABLE)) return [];
  const executed = await (database as unknown as Kysely<{ migrations: { name: string } }>)
    .selectFrom(MIGRATIONS_TABLE)
    .select('name')
    .execute();
  return executed.map((row) => row.name).filter((name) => !(name in migrations));
}
