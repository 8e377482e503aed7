import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { KeyFile } from '@connections/audit/key-file';
import { ApiKeys } from '@connections/directory/api-keys';
import { closeStores, openStores, type Stores } from '@connections/host/stores';
import { Client } from './client';
import { Instance } from './cluster-instance';
import { type EventStoreDbProcess, startEventStoreDbProcess } from './eventstoredb/process';
import { type PostgresServer, startPostgres } from './postgres';
import { temporaryFolder } from './temporary-folder';
import { until } from './until';

/** How often instances are polled, in milliseconds. */
const LOOK_EVERY = 50;

/** Several processes of the built service on one log and one database, which belong to one test. */
export interface Cluster {
  readonly instances: readonly Instance[];
  readonly postgres: PostgresServer;
  /** The log server; null if the test has brought its own. */
  readonly store: EventStoreDbProcess | null;
  /** The log and the database, opened as by one more process. */
  readonly stores: Stores;
  /** A client with the platform's permissions, at one of the instances. */
  platform(instance?: number): Client;
  /** Waits until one of these instances projects and the others stand by; by default, of all that run. */
  leader(among?: readonly Instance[]): Promise<Instance>;
  remove(): Promise<void>;
}

export interface ClusterOptions {
  readonly instances: number;
  /** The log server; by default one of the cluster's own: a process that can be killed, paused and restarted. */
  readonly eventStoreUrl?: string;
}

/** Starts everything; all instances at once, on an empty database. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const folder = temporaryFolder();
  const endings: (() => Promise<unknown>)[] = [async () => folder.remove()];
  const remove = async (): Promise<void> => {
    for (const end of endings.splice(0).reverse()) await end();
  };
  try {
    const postgres = await startPostgres();
    endings.push(() => postgres.remove());
    const store =
      options.eventStoreUrl === undefined
        ? await startEventStoreDbProcess({ dataFile: join(folder.path, 'log') })
        : null;
    if (store) endings.push(() => store.kill());
    const places = {
      DATA_DIR: folder.path,
      EVENTSTORE_URL: options.eventStoreUrl ?? store?.connectionString ?? '',
      DATABASE_URL: await postgres.createDatabase(),
    };
    // Created first: several processes must not each create a key, which would mean two logs.
    new KeyFile(join(folder.path, 'audit.key')).create('connections.example');
    const instances = await Promise.all(Array.from({ length: options.instances }, () => Instance.on(places)));
    endings.push(() => Promise.all(instances.map((instance) => instance.kill())));
    await Promise.all(instances.map((instance) => instance.start()));
    const stores = await openStores(places);
    endings.push(() => closeStores(stores));
    const terms = { organizationId: null, role: 'platform-admin', name: 'Tests', expiresAt: null } as const;
    const { key } = await new ApiKeys(stores.database.as()).create(terms, new Date());
    const cluster: Cluster = {
      instances,
      postgres,
      store,
      stores,
      platform: (instance = 0) => new Client(instances[instance]!.url, key),
      leader: (among) => leaderOf(among ?? instances.filter(({ isRunning }) => isRunning)),
      remove,
    };
    await cluster.leader();
    return cluster;
  } catch (error) {
    await remove();
    throw error;
  }
}

async function leaderOf(instances: readonly Instance[]): Promise<Instance> {
  let leader: Instance | undefined;
  await until(
    'one instance projects and the others look on',
    async () => {
      const states = await Promise.all(instances.map((instance) => instance.projector()));
      // An instance that was paused still believes itself in charge when it resumes.
      const running = instances.filter((_, index) => states[index] === 'running');
      leader = running.length === 1 ? running[0] : undefined;
      // Each poll queries the log and the database.
      await delay(LOOK_EVERY);
      return states.every((state) => state === 'running' || state === 'standby') && leader !== undefined;
    },
    60_000,
  );
  return leader!;
}
