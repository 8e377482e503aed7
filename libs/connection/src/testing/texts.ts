import { join } from 'node:path';
import { migrate } from '@connections/database/migrate';
import { openSqliteDatabase } from '@connections/database/sqlite-database';
import { textMigrations, Texts, type TextTables } from '../texts';

/** Opens texts in their own database, for tests that need nothing else of it. */
export async function openTexts(folder: string): Promise<{ texts: Texts; close(): Promise<void> }> {
  const database = openSqliteDatabase<TextTables>(join(folder, 'connections.sqlite'));
  await migrate(database.as<never>().writer, textMigrations);
  return { texts: new Texts(database), close: () => database.close() };
}
