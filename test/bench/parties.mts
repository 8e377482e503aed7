import { randomBytes } from 'node:crypto';
import Sqlite from 'better-sqlite3';
import { closeStores, filesOf, Keys, openStores } from './built.mts';
import type { Party } from './load.mts';

/** Who can be loaded with, in a data folder. */
export interface Parties {
  /** Organizations with a key. */
  readonly parties: readonly Party[];
  /** Organizations without one; they only receive. */
  readonly destinations: readonly string[];
}

const idOf = (): string => `org_${randomBytes(11).toString('hex')}`;

/** Makes organizations in bulk and keys for the first of them, before the service starts. */
export async function makeParties(dataDir: string, keys = 100, destinations = 20_000): Promise<Parties> {
  const stores = await openStores({ DATA_DIR: dataDir });
  const ids = Array.from({ length: keys + destinations }, idOf);
  const database = new Sqlite(filesOf(dataDir).database);
  const insert = database.prepare('insert into organizations (id, name, created_at) values (?, ?, ?)');
  const at = new Date().toISOString();
  database.transaction(() => {
    ids.forEach((id, index) => insert.run(id, `Organization ${index}`, at));
  })();
  database.close();
  const apiKeys = new Keys(stores.database.as());
  const parties: Party[] = [];
  for (const id of ids.slice(0, keys)) {
    const terms = { organizationId: id, role: 'admin', name: 'bench', expiresAt: null } as const;
    parties.push({ id, key: (await apiKeys.create(terms, new Date())).key });
  }
  await closeStores(stores);
  return { parties, destinations: ids.slice(keys) };
}
