import { configurationFrom } from '@connections/host/configuration';
import { openExistingStores } from '@connections/host/existing-stores';
import { closeStores, openStores, type Stores } from '@connections/host/stores';

/**
 * Works on what is stored in DATA_DIR, or where EVENTSTORE_URL and DATABASE_URL say, beside a running service or without one.
 * @throws MissingData, UnusableDatabase, DatabaseUnavailable, StoreUnavailable, InvalidConfiguration
 */
export async function withExistingStores<T>(work: (stores: Stores) => Promise<T>): Promise<T> {
  return closing(await openExistingStores(configurationFrom(process.env)), work);
}

/**
 * The same, making the data folder first where there is none, and the tables.
 * @throws UnusableDatabase, DatabaseUnavailable, StoreUnavailable, InvalidConfiguration
 */
export async function withStores<T>(work: (stores: Stores) => Promise<T>): Promise<T> {
  return closing(await openStores(configurationFrom(process.env)), work);
}

async function closing<T>(stores: Stores, work: (stores: Stores) => Promise<T>): Promise<T> {
  try {
    return await work(stores);
  } finally {
    await closeStores(stores);
  }
}
