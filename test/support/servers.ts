import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import SqliteDatabase from 'better-sqlite3';
import { sql } from 'kysely';
import { closeStores, filesOf, openStores, type Stores } from '@connections/host/stores';
import { type EventStoreDb, startEventStoreDb } from './eventstoredb/server';
import { type TestPostgres, testPostgres } from './postgres';

/** Set when services have their stores on servers and not in files. */
export const ON_SERVERS = 'TEST_ON_SERVERS';

/** The environment variables that tell a service where its stores are. */
export interface Places {
  readonly EVENTSTORE_URL?: string;
  readonly DATABASE_URL?: string;
}

const places = new Map<string, Promise<Places>>();
const logs: EventStoreDb[] = [];
let postgres: Promise<TestPostgres> | undefined;

/** The stores of a data folder; always the same for the same folder. Empty if files are used. */
export function placesOf(dataDir: string): Promise<Places> {
  if (process.env[ON_SERVERS] === undefined) return Promise.resolve({});
  const found = places.get(dataDir) ?? newPlaces();
  places.set(dataDir, found);
  return found;
}

async function newPlaces(): Promise<Places> {
  postgres ??= testPostgres();
  const DATABASE_URL = await (await postgres).createDatabase();
  const { EVENTSTORE_TEST_URL } = process.env;
  if (EVENTSTORE_TEST_URL !== undefined) return { EVENTSTORE_URL: EVENTSTORE_TEST_URL, DATABASE_URL };
  const log = await startEventStoreDb();
  logs.push(log);
  return { EVENTSTORE_URL: log.connectionString, DATABASE_URL };
}

/** Opens the stores of a data folder as another process would; the test closes them. */
export const storesOf = async (dataDir: string): Promise<Stores> =>
  openStores({ DATA_DIR: dataDir, ...(await placesOf(dataDir)) });

/**
 * For tests that need a log of their own, empty at first and possible to withhold. Skipped on an external server, whose
 * log all tests share and which tests must not stop.
 */
export const itWithItsOwnLog = (...args: Parameters<jest.It>): void =>
  (process.env['EVENTSTORE_TEST_URL'] === undefined || process.env[ON_SERVERS] === undefined ? it : it.skip)(...args);

/** Makes the log of a data folder unavailable to all. @returns a function that makes it available again. */
export async function withholdLog(dataDir: string): Promise<() => Promise<void>> {
  const { EVENTSTORE_URL } = await placesOf(dataDir);
  const server = logs.find(({ connectionString }) => connectionString === EVENTSTORE_URL);
  if (server) {
    await server.stop();
    return () => server.restart();
  }
  const lock = new SqliteDatabase(filesOf(dataDir).log);
  lock.exec('begin immediate');
  return async () => {
    lock.exec('rollback');
    lock.close();
  };
}

/** Writes events of another application to the log, if that is on a server. @returns whether it is. */
export async function othersWrite(dataDir: string, many: number): Promise<boolean> {
  const { EVENTSTORE_URL } = await placesOf(dataDir);
  if (EVENTSTORE_URL === undefined) return false;
  const client = EventStoreDBClient.connectionString(EVENTSTORE_URL);
  const events = Array.from({ length: many }, (_, number) => jsonEvent({ type: 'Numbered', data: { number } }));
  await client.appendToStream('others', events);
  await client.dispose();
  return true;
}

/**
 * From now on, each request with an idempotency key is taken over by another try as soon as it is claimed.
 * @returns a function that ends that.
 */
export const overtakeAll = (dataDir: string): Promise<() => Promise<void>> =>
  triggered(dataDir, {
    when: { sqlite: 'after insert on idempotency', postgres: 'before insert on idempotency for each row' },
    sqlite: `update idempotency set claimed_by = 'another' where scope = new.scope and key = new.key`,
    postgres: `new.claimed_by := 'another'`,
  });

/**
 * From now on, answers are only stored within the transaction of their change, as if the service died before it could
 * store others.
 * @returns a function that ends that.
 */
export const rememberNothingLater = (dataDir: string): Promise<() => Promise<void>> =>
  triggered(dataDir, {
    when: {
      sqlite: 'before update on idempotency when old.status is not null',
      postgres: 'before update on idempotency for each row when (old.status is not null)',
    },
    sqlite: `select raise(abort, 'too late')`,
    postgres: `raise exception 'too late'`,
  });

interface Trigger {
  readonly when: { readonly sqlite: string; readonly postgres: string };
  readonly sqlite: string;
  readonly postgres: string;
}

async function triggered(
  dataDir: string,
  { when, sqlite, postgres: procedure }: Trigger,
): Promise<() => Promise<void>> {
  const stores = await storesOf(dataDir);
  const { engine, writer } = stores.database;
  const isFile = engine.name === 'sqlite';
  const run = async (statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(writer);
  };
  await run(
    isFile
      ? [`create trigger tested ${when.sqlite} begin ${sqlite}; end`]
      : [
          `create function tested() returns trigger language plpgsql as $$ begin ${procedure}; return new; end $$`,
          `create trigger tested ${when.postgres} execute function tested()`,
        ],
  );
  return async () => {
    await run(isFile ? ['drop trigger tested'] : ['drop trigger tested on idempotency', 'drop function tested']);
    await closeStores(stores);
  };
}

/** Ends all servers of this test file. */
export async function removeServers(): Promise<void> {
  for (const log of logs) await log.close();
  await (await postgres)?.remove();
}
