import type { Kysely } from 'kysely';
import type { Database } from '@connections/database/database';
import { migrate } from '@connections/database/migrate';
import { type DirectoryTables, directoryMigrations } from '../directory.tables';
import { peopleMigrations, type PeopleTables } from '../people.tables';

export type Tables = DirectoryTables & PeopleTables;

/** Creates all tables of the directory. */
export const migrateDirectory = (database: Database<Tables>): Promise<void> =>
  migrate(database.writer as unknown as Kysely<never>, { ...directoryMigrations, ...peopleMigrations });
