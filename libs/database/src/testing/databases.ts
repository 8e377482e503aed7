import { join } from 'node:path';
import { type TestPostgres, testPostgres } from '../../../../test/support/postgres';
import { temporaryFolder } from '../../../../test/support/temporary-folder';
import type { Database } from '../database';
import { openPostgresDatabase } from '../postgres-database';
import { openSqliteDatabase } from '../sqlite-database';

/** Databases of one engine for the tests of a suite. They are closed when the suite ends, if not before. */
export interface TestDatabases {
  readonly engine: 'sqlite' | 'postgres';
  /** The place of a new, empty database. */
  newPlace(): Promise<string>;
  /** Opens a database as another process would. @param place by default a new one. */
  open<Tables>(place?: string): Promise<Database<Tables>>;
}

interface Server {
  newPlace(): Promise<string>;
  open<Tables>(place: string): Promise<Database<Tables>>;
  remove(): Promise<void>;
}

/** Runs the same tests on every engine. */
export function describeDatabases(name: string, suite: (databases: TestDatabases) => void): void {
  const engines = { sqlite: sqliteFolder, postgres: postgresServer };
  describe.each(['sqlite', 'postgres'] as const)(`${name} (%s)`, (engine) => {
    let server: Server;
    const opened: Database<never>[] = [];
    beforeAll(async () => {
      server = await engines[engine]();
    });
    suite({
      engine,
      newPlace: () => server.newPlace(),
      async open<Tables>(place?: string) {
        const database = await server.open<Tables>(place ?? (await server.newPlace()));
        opened.push(database.as());
        return database;
      },
    });
    afterAll(async () => {
      for (const database of opened) await database.close();
      await server.remove();
    });
  });
}

async function sqliteFolder(): Promise<Server> {
  const folder = temporaryFolder();
  let files = 0;
  return {
    newPlace: async () => join(folder.path, `${(files += 1)}.sqlite`),
    open: async (place) => openSqliteDatabase(place),
    remove: async () => folder.remove(),
  };
}

async function postgresServer(): Promise<Server> {
  const server: TestPostgres = await testPostgres();
  return {
    newPlace: () => server.createDatabase(),
    open: (place) => openPostgresDatabase(place),
    remove: () => server.remove(),
  };
}
