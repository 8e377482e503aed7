import { resolve } from 'node:path';
import type { Kysely } from 'kysely';
import { pendingMigrations, requireMigrated } from '@connections/database/migrate';
import { UnusableFile } from '@connections/database/unusable';
import { sizeOf } from '@connections/database/write-ahead-log';
import { placeNames } from './place-names';
import { closeStores, filesAt, migrations, openStores, type Places, type Stores } from './stores';

/** There is no data at all: the service has never run with these places. */
export class MissingData extends Error {}

/**
 * Opens the existing stores for reading: nothing is created or migrated.
 * @throws MissingData; the system's error if a folder may not be entered; UnusableDatabase when a part is missing, or
 * this version cannot use what is there.
 */
export async function openExistingStores(places: Places): Promise<Stores> {
  const files = filesAt(places);
  const missing = files.filter((file) => sizeOf(file) === 0);
  if (missing.length > 0 && missing.length === files.length) {
    throw new MissingData(
      `There is no data in ${resolve(places.DATA_DIR)}. Start the service first, or set DATA_DIR to the folder that it uses.`,
    );
  }
  if (missing.length > 0) {
    throw new UnusableFile(`${missing.join(' and ')} is missing or empty. Run "doctor", which says what can be done.`);
  }
  const stores = await openStores(places, { migrate: false });
  try {
    const database = stores.database.writer as unknown as Kysely<never>;
    if ((await pendingMigrations(database, migrations)).length === Object.keys(migrations).length) {
      throw new MissingData(
        `There is no data yet in ${placeNames(places).database}. Start the service first, or name the database that it uses.`,
      );
    }
    await requireMigrated(database, migrations);
    return stores;
  } catch (error) {
    await closeStores(stores);
    throw error;
  }
}
