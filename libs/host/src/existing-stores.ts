import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Kysely } from 'kysely';
import { requireMigrated } from '@connections/database/migrate';
import { closeStores, filesOf, migrations, openStores, type Stores } from './stores';

/** There is nothing to read: the service has not run on this data folder yet. */
export class MissingData extends Error {}

/**
 * Opens the stores that are there, for those who come to read: nothing is created and nothing migrated.
 * @throws MissingData; UnusableFile when what is there cannot be used by this version.
 */
export async function openExistingStores(dataDir: string): Promise<Stores> {
  const files = Object.values(filesOf(dataDir));
  const missing = files.filter((file) => !existsSync(file));
  if (missing.length === files.length) {
    throw new MissingData(
      `There is no data in ${resolve(dataDir)}. Start the service first, or set DATA_DIR to the folder that it uses.`,
    );
  }
  if (missing.length > 0) {
    throw new MissingData(`${missing.join(' and ')} is missing. Run "doctor", which says what can be done.`);
  }
  const stores = await openStores(dataDir, { migrate: false });
  try {
    await requireMigrated(stores.database.writer as unknown as Kysely<never>, migrations);
    return stores;
  } catch (error) {
    await closeStores(stores);
    throw error;
  }
}
