import { configurationFrom } from '@connections/host/configuration';
import { MissingData, openExistingStores } from '@connections/host/existing-stores';
import { closeStores, openStores, type Stores } from '@connections/host/stores';

/**
 * Works on what is stored in DATA_DIR, or where EVENTSTORE_URL and DATABASE_URL say, beside a running service or without one.
 * @throws MissingData, UnusableDatabase, DatabaseUnavailable, StoreUnavailable, InvalidConfiguration
 */
export async function withExistingStores<T>(work: (stores: Stores) => Promise<T>): Promise<T> {
  return closing(await openExistingStores(configurationFrom(process.env)), work);
}

/**
 * The same, making the data folder first where there is nothing, and the tables. What is there already is neither completed nor
 * brought up to date: the service may be running on it, and could not be started again afterwards.
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
