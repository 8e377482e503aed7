import { configurationFrom } from '@connections/host/configuration';
import { MissingData, openExistingStores } from '@connections/host/existing-stores';
import { closeStores, openStores, type Stores } from '@connections/host/stores';

/**
 * Works on the stores in DATA_DIR, or at EVENTSTORE_URL and DATABASE_URL, whether or not the service is running.
 * @throws MissingData, UnusableDatabase, DatabaseUnavailable, StoreUnavailable, InvalidConfiguration
 */
export async function withExistingStores<T>(work: (stores: Stores) => Promise<T>): Promise<T> {
  return closing(await openExistingStores(configurationFrom(process.env)), work);
}

/**
 * Like `withExistingStores`, but creates the data folder and the tables if there is nothing yet. Existing stores are
 * neither completed nor migrated: an older service may be running on them, and could not be started again afterwards.
 * @throws UnusableDatabase, DatabaseUnavailable, StoreUnavailable, InvalidConfiguration
 */
export async function withStores<T>(work: (stores: Stores) => Promise<T>): Promise<T> {
  const places = configurationFrom(process.env);
  const stores = await openExistingStores(places).catch((error: unknown) => {
    if (error instanceof MissingData) return openStores(places);
    throw error;
  });
  return closing(stores, work);
}

async function closing<T>(stores: Stores, work: (stores: Stores) => Promise<T>): Promise<T> {
  try {
    return await work(stores);
  } finally {
    await closeStores(stores);
  }
}
