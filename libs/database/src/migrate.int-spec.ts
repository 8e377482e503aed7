import { type Kysely, sql } from 'kysely';
import type { Database } from './database';
import { migrate, type Migrations, pendingMigrations, requireMigrated } from './migrate';
import { describeDatabases } from './testing/databases';
import { UnusableDatabase } from './unusable';

const createTable = (name: string) => ({
  up: (db: Kysely<unknown>) => db.schema.createTable(name).addColumn('id', 'integer').execute(),
});
const first: Migrations = { '0001-first': createTable('first') };
const both: Migrations = { ...first, '0002-second': createTable('second') };

describeDatabases('migrations', (databases) => {
  let place: string;
  let database: Database<never>;
  beforeEach(async () => {
    place = await databases.newPlace();
    database = await databases.open(place);
  });
  afterEach(() => database.close());

  const run = (migrations: Migrations) => migrate(database.writer, migrations);
  /** All tables and columns, and the recorded steps. */
  const everything = async (): Promise<unknown> => ({
    tables: await database.reader.introspection.getTables(),
    executed: (await sql`select * from migrations`.execute(database.reader)).rows,
  });
  const tables = async (): Promise<string[]> =>
    (await database.reader.introspection.getTables())
      .map(({ name }) => name)
      .filter((name) => name !== 'migrations')
      .sort();

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
    await expect(run(first)).rejects.toThrow(UnusableDatabase);
    await expect(run(first)).rejects.toThrow(/newer version.*0002-second.*Nothing was changed/);
    expect(await everything()).toEqual(before);
  });

  it('are asked for by those who only read, who change nothing', async () => {
    await expect(requireMigrated(database.reader, both)).rejects.toThrow(/older version.*0001-first, 0002-second/);
    expect(await database.reader.introspection.getTables()).toEqual([]);
    await run(first);
    await expect(requireMigrated(database.reader, both)).rejects.toThrow(UnusableDatabase);
    await run(both);
    await expect(requireMigrated(database.reader, both)).resolves.toBeUndefined();
    await expect(requireMigrated(database.reader, first)).rejects.toThrow(/newer version/);
  });

  it('run once when several start at the same moment, and all of them find the tables', async () => {
    let runs = 0;
    const slow: Migrations = {
      '0001-first': {
        up: async (db: Kysely<unknown>) => {
          runs += 1;
          await createTable('first').up(db);
          for (let turn = 0; turn < 20; turn += 1) await sql`select 1`.execute(db);
        },
      },
    };
    const others = [await databases.open<never>(place), await databases.open<never>(place)];
    const starting = [database, ...others];
    // Within one process, waiting for SQLite's lock would block its holder.
    if (databases.engine === 'sqlite') for (const each of starting) await migrate(each.writer, slow);
    else await Promise.all(starting.map((each) => migrate(each.writer, slow)));
    expect(runs).toBe(1);
    for (const each of starting) await expect(requireMigrated(each.reader, slow)).resolves.toBeUndefined();
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
    // If a transaction were still open, this one could not begin.
    await database.transaction('durable', async (tx) => {
      await sql`insert into first values (1)`.execute(tx);
    });
    expect((await sql`select * from first`.execute(database.reader)).rows).toEqual([{ id: 1 }]);
  });
});
