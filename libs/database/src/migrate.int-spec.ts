import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import type { Database } from './database';
import { migrate, type Migrations, pendingMigrations } from './migrate';
import { openSqliteDatabase } from './sqlite-database';
import { UnusableFile } from './sqlite-file';

const createTable = (name: string) => ({
  up: (db: Kysely<unknown>) => db.schema.createTable(name).addColumn('id', 'integer').execute(),
});
const first: Migrations = { '0001-first': createTable('first') };
const both: Migrations = { ...first, '0002-second': createTable('second') };

describe('migrations', () => {
  const folder = mkdtempSync(join(tmpdir(), 'connections-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  let database: Database<never>;
  let files = 0;
  beforeEach(() => {
    database = openSqliteDatabase(join(folder, `${(files += 1)}.sqlite`));
  });
  afterEach(() => database.close());

  const run = (migrations: Migrations) => migrate(database.writer, migrations);
  /** Tables and indexes as SQLite keeps them, and what the migrator wrote down. */
  const everything = async (): Promise<unknown> => ({
    schema: (await sql`select * from sqlite_schema order by name`.execute(database.reader)).rows,
    executed: (await sql`select * from migrations`.execute(database.reader)).rows,
  });
  const tables = async (): Promise<string[]> =>
    (await sql<{ name: string }>`select name from sqlite_schema where type = 'table'`.execute(database.reader)).rows
      .map(({ name }) => name)
      .filter((name) => !name.startsWith('migrations'));

  it('run in the order of their names', async () => {
    const order: string[] = [];
    const noting = (name: string) => ({ up: async () => void order.push(name) });
    await run({ '0002-b': noting('b'), '0001-a': noting('a'), '0010-c': noting('c') });
    expect(order).toEqual(['a', 'b', 'c']);
  });

  it('run once, and change nothing the second time', async () => {
    await run(both);
    const before = await everything();
    await run(both);
    expect(await everything()).toEqual(before);
  });

  it('run what a newer version adds', async () => {
    await run(first);
    expect(await pendingMigrations(database.writer, both)).toEqual(['0002-second']);
    await run(both);
    expect(await tables()).toEqual(['first', 'second']);
    expect(await pendingMigrations(database.writer, both)).toEqual([]);
  });

  it('refuse a database that a newer version wrote, and leave it as it was', async () => {
    await run(both);
    const before = await everything();
    await expect(run(first)).rejects.toThrow(UnusableFile);
    await expect(run(first)).rejects.toThrow(/newer version.*0002-second.*Nothing was changed/);
    expect(await everything()).toEqual(before);
  });

  it('leave nothing behind when a step fails half-way, and run to the end once it is mended', async () => {
    const failing: Migrations = {
      ...first,
      '0002-second': {
        up: async (db: Kysely<unknown>) => {
          await createTable('second').up(db);
          throw new Error('the power failed');
        },
      },
    };
    await expect(run(failing)).rejects.toThrow('the power failed');
    expect(await tables()).toEqual([]);
    await run(both);
    expect(await tables()).toEqual(['first', 'second']);
  });

  it('leave the database in use for others as it was in use', async () => {
    await expect(run({ '0001-fails': { up: () => Promise.reject(new Error('no')) } })).rejects.toThrow('no');
    await run(first);
    // Were a transaction still open, this one could not begin.
    await database.transaction('durable', async (tx) => {
      await sql`insert into first values (1)`.execute(tx);
    });
    expect((await sql`select * from first`.execute(database.reader)).rows).toEqual([{ id: 1 }]);
  });
});
