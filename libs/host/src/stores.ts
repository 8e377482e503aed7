import { resolve } from 'node:path';
import type { Kysely } from 'kysely';
import type { ReadModelTables } from '@connections/connection/read-model/connections.table';
import type { Database } from '@connections/database/database';
import { migrate, type Migrations } from '@connections/database/migrate';
import { openSqliteDatabase } from '@connections/database/sqlite-database';
import { type DirectoryTables, directoryMigrations } from '@connections/directory/directory.tables';
import type { EventStore } from '@connections/event-store/event-store';
import { projectionMigrations, type ProjectionTables } from '@connections/event-store/projection';
import { SqliteEventStore } from '@connections/event-store/sqlite/sqlite-event-store';
import { inspectSqliteLog, type SqliteLogInspection } from '@connections/event-store/sqlite/sqlite-log-inspection';
import { idempotencyMigrations, type IdempotencyTables } from './idempotency.tables';

/** Every table of the database. */
export type Tables = DirectoryTables & ProjectionTables & ReadModelTables & IdempotencyTables;

/** Every migration of the database. */
export const migrations: Migrations = { ...projectionMigrations, ...directoryMigrations, ...idempotencyMigrations };

export interface Stores {
  readonly eventStore: EventStore;
  readonly database: Database<Tables>;
}

/** The files of the embedded store: the log by itself, and everything else. See docs/adr for why they are two. */
export const filesOf = (dataDir: string): { log: string; database: string } => ({
  log: resolve(dataDir, 'events.sqlite'),
  database: resolve(dataDir, 'connections.sqlite'),
});

/**
 * Opens the log and the database.
 * @throws UnusableFile, saying which file and what to do.
 */
export async function openStores(dataDir: string, options = { migrate: true }): Promise<Stores> {
  const files = filesOf(dataDir);
  const eventStore = new SqliteEventStore(files.log);
  let database: Database<Tables> | undefined;
  try {
    database = openSqliteDatabase<Tables>(files.database);
    if (options.migrate) await migrate(database.writer as unknown as Kysely<never>, migrations);
    return { eventStore, database };
  } catch (error) {
    await eventStore.close();
    await database?.close();
    throw error;
  }
}

export async function closeStores({ eventStore, database }: Stores): Promise<void> {
  await eventStore.close();
  await database.close();
}

/** Looks at the log without making or changing any file. @throws UnusableFile when it cannot be read as a database. */
export const inspectLog = <T>(dataDir: string, look: (log: SqliteLogInspection) => T): T =>
  inspectSqliteLog(filesOf(dataDir).log, look);
