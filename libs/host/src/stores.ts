import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { accessMigrations, type AccessTables } from '@connections/audit/accesses.tables';
import { checkpointMigrations, type CheckpointTables } from '@connections/audit/checkpoints.tables';
import type { TreeTables } from '@connections/audit/tree.table';
import type { ReadModelTables } from '@connections/connection/read-model/connections.table';
import { textMigrations, type TextTables } from '@connections/connection/texts';
import type { Database } from '@connections/database/database';
import { migrate, type Migrations } from '@connections/database/migrate';
import { openSqliteDatabase } from '@connections/database/sqlite-database';
import { UnusableFile } from '@connections/database/unusable';
import { type DirectoryTables, directoryMigrations } from '@connections/directory/directory.tables';
import { peopleMigrations, type PeopleTables } from '@connections/directory/people.tables';
import type { EventStore } from '@connections/event-store/event-store';
import { leaseMigrations, type LeaseTables } from '@connections/event-store/lease';
import { projectionMigrations, type ProjectionTables } from '@connections/event-store/projection';
import { SqliteEventStore } from '@connections/event-store/sqlite/sqlite-event-store';
import { inspectSqliteLog, type SqliteLogInspection } from '@connections/event-store/sqlite/sqlite-log-inspection';
import type { FeedTables } from '@connections/notifications/feed.table';
import type { Configuration } from './configuration';
import { idempotencyMigrations, type IdempotencyTables } from './idempotency.tables';

/** All tables of the database. */
export type Tables = DirectoryTables &
  PeopleTables &
  ProjectionTables &
  LeaseTables &
  ReadModelTables &
  IdempotencyTables &
  TreeTables &
  FeedTables &
  CheckpointTables &
  TextTables &
  AccessTables;

/** All migrations of the database. */
export const migrations: Migrations = {
  ...projectionMigrations,
  ...directoryMigrations,
  ...idempotencyMigrations,
  ...leaseMigrations,
  ...checkpointMigrations,
  ...textMigrations,
  ...accessMigrations,
  ...peopleMigrations,
};

export interface Stores {
  readonly eventStore: EventStore;
  readonly database: Database<Tables>;
}

/** The files of the embedded stores: the log, and everything else. See docs/adr for why there are two. */
export const filesOf = (dataDir: string): { log: string; database: string } => ({
  log: resolve(dataDir, 'events.sqlite'),
  database: resolve(dataDir, 'connections.sqlite'),
});

/** Where the log and the database are. */
export type Places = Pick<Configuration, 'DATA_DIR'> & Partial<Pick<Configuration, 'EVENTSTORE_URL' | 'DATABASE_URL'>>;

/** The files at these places; none if servers hold everything. */
export function filesAt({ DATA_DIR, EVENTSTORE_URL, DATABASE_URL }: Places): string[] {
  const { log, database } = filesOf(DATA_DIR);
  return [...(EVENTSTORE_URL === undefined ? [log] : []), ...(DATABASE_URL === undefined ? [database] : [])];
}

/**
 * Opens the log and the database. A log server need not be reachable yet: it is contacted at the first call.
 * @throws UnusableDatabase, whose message says what cannot be used and what to do; DatabaseUnavailable.
 */
export async function openStores(places: Places, options: OpenOptions = {}): Promise<Stores> {
  const eventStore = await openEventStore(places, options.log);
  let database: Database<Tables> | undefined;
  try {
    database = await openDatabase(places);
    if (options.migrate ?? true) await migrate(database.writer as unknown as Kysely<never>, migrations);
    return { eventStore, database };
  } catch (error) {
    await eventStore.close();
    await database?.close();
    throw error;
  }
}

export interface OpenOptions {
  /** Whether to bring the tables up to date. Default: true. */
  readonly migrate?: boolean;
  readonly log?: Logger | undefined;
}

// Loaded only when a server is used: otherwise it would cost memory, and time at every start.
async function openEventStore({ DATA_DIR, EVENTSTORE_URL }: Places, log: Logger | undefined): Promise<EventStore> {
  if (EVENTSTORE_URL === undefined) return new SqliteEventStore(filesOf(DATA_DIR).log);
  const { openEventStoreDb } = await import('./eventstoredb.js');
  return openEventStoreDb(EVENTSTORE_URL, log);
}

async function openDatabase({ DATA_DIR, DATABASE_URL }: Places): Promise<Database<Tables>> {
  if (DATABASE_URL === undefined) return openSqliteDatabase<Tables>(filesOf(DATA_DIR).database);
  const { openPostgresDatabase } = await import('./postgres.js');
  return openPostgresDatabase<Tables>(DATABASE_URL);
}

/**
 * Runs work with an empty database that has every table, in a temporary folder that is removed afterwards.
 * @throws UnusableFile if the folder cannot hold it; what the work throws.
 */
export async function withScratchDatabase<T>(work: (database: Database<Tables>) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'connections-scratch-'));
  try {
    const database = await openDatabase({ DATA_DIR: folder });
    try {
      await migrate(database.writer as unknown as Kysely<never>, migrations);
      return await work(database);
    } finally {
      await database.close();
    }
  } catch (error) {
    const cause = error instanceof UnusableFile ? error.cause : error;
    throw isUnwritten(cause) ? noRoom(cause) : error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Work on a scratch database writes to nothing else, so a failed write concerns that; a failed read need not. */
const isUnwritten = (error: unknown): error is { readonly message: string; readonly code: string } =>
  /^SQLITE_(FULL|IOERR_(WRITE|.*SYNC|TRUNCATE|SHMSIZE))$/.test(String((error as { code?: unknown } | undefined)?.code));

const noRoom = ({ message, code }: { readonly message: string; readonly code: string }): UnusableFile =>
  new UnusableFile(
    `${tmpdir()}, where temporary files go, cannot take what is compared: ${message} (${code}). Free some space there, or name another folder by TMPDIR.`,
  );

export async function closeStores({ eventStore, database }: Stores): Promise<void> {
  await eventStore.close();
  await database.close();
}

/**
 * Looks at the log without creating or changing any file. @throws UnusableFile when it cannot be read as a database.
 */
export const inspectLog = <T>(dataDir: string, look: (log: SqliteLogInspection) => T): T =>
  inspectSqliteLog(filesOf(dataDir).log, look);
