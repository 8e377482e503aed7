import { execFileSync } from 'node:child_process';
import { copyFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import SqliteConnection from 'better-sqlite3';
import { sql } from 'kysely';
import { temporaryFolder } from '../../../test/support/temporary-folder';
import type { Database, Durability } from './database';
import { openSqliteDatabase } from './sqlite-database';
import { DatabaseUnavailable } from './unusable';

describe('a database in a SQLite file', () => {
  const folder = temporaryFolder();
  const path = join(folder.path, 'database.sqlite');
  let database: Database<{ notes: { id: number } }>;
  beforeAll(async () => {
    database = openSqliteDatabase(path);
    await database.writer.schema
      .createTable('notes')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .execute();
  });
  beforeEach(() => database.writer.deleteFrom('notes').execute());
  afterAll(async () => {
    await database.close();
    folder.remove();
  });

  const pragma = async (name: string, by = database.writer): Promise<unknown> =>
    Object.values((await sql<Record<string, unknown>>`pragma ${sql.raw(name)}`.execute(by)).rows[0] ?? {})[0];

  it('is in WAL mode', async () => {
    expect(await pragma('journal_mode')).toBe('wal');
  });

  it('cannot be written to by its reader', async () => {
    await expect(sql`insert into notes values (1)`.execute(database.reader)).rejects.toThrow(/readonly/);
  });

  it('writes after it has read in one transaction, whoever else would have written in between', async () => {
    const other = new SqliteConnection(path, { timeout: 0 });
    await sql`create table counted (number integer)`.execute(database.writer);
    await sql`insert into counted values (1)`.execute(database.writer);
    await database.transaction('relaxed', async (tx) => {
      await sql`select number from counted`.execute(tx);
      expect(() => other.exec('update counted set number = 10')).toThrow('database is locked');
      await sql`update counted set number = number + 1`.execute(tx);
    });
    other.exec('update counted set number = number * 10');
    other.close();
    expect((await sql`select number from counted`.execute(database.reader)).rows).toEqual([{ number: 20 }]);
  });

  it('keeps the values of parameters from whoever plans the query', () => {
    const { sql: text } = database.reader.selectFrom('notes').selectAll().where('id', '=', 1).limit(1).compile();
    expect(text).toBe('select * from "notes" where "id" = +? limit +?');
  });

  it('answers each query of one turn by itself, and sees afterwards what is written', async () => {
    const ask = (text: string) => database.prepare(sql<{ id: number }>`${sql.raw(text)}`.compile(database.reader));
    const [notes, nothing] = [ask('select id from notes where id < ?'), ask('select id from notes where id < abs(?)')];
    await database.writer.insertInto('notes').values({ id: 1 }).execute();
    // The smallest integer has no absolute value.
    const smallest = -(2n ** 63n);
    const [first, failed, second] = await Promise.allSettled([notes([10]), nothing([smallest]), notes([1])]);
    expect(first).toEqual({ status: 'fulfilled', value: [{ id: 1 }] });
    expect(failed).toMatchObject({ status: 'rejected', reason: { message: 'integer overflow' } });
    expect(second).toEqual({ status: 'fulfilled', value: [] });
    await database.writer.insertInto('notes').values({ id: 2 }).execute();
    expect(await Promise.all([notes([10]), notes([10])])).toEqual(Array(2).fill([{ id: 1 }, { id: 2 }]));
  });

  it('reads with its queries what a snapshot reads while that lasts, and what is there when it is over', async () => {
    const count = database.prepare(sql<{ rows: number }>`select count(*) as rows from notes`.compile(database.reader));
    const counted = async (): Promise<unknown[]> => Promise.all([count([]), count([])]);
    await database.snapshot(['notes'], async (tx) => {
      expect(await tx.selectFrom('notes').selectAll().execute()).toEqual([]);
      await database.writer.insertInto('notes').values({ id: 1 }).execute();
      expect(await counted()).toEqual([[{ rows: 0 }], [{ rows: 0 }]]);
      expect(await tx.selectFrom('notes').selectAll().execute()).toEqual([]);
    });
    expect(await counted()).toEqual([[{ rows: 1 }], [{ rows: 1 }]]);
  });

  it.each([
    ['moved away', () => undefined],
    ['replaced', (moved: string) => copyFileSync(moved, path)],
  ])('is down, and makes nothing durable, while it is %s', async (_, replace) => {
    const moved = `${path}.moved`;
    const add = (id: number) =>
      database.transaction('durable', (tx) => tx.insertInto('notes').values({ id }).execute());
    await add(1);
    renameSync(path, moved);
    replace(moved);
    const down = new RegExp(`^${path} was moved away or replaced .*; nothing was written\\.$`);
    for (const tried of [() => database.probe(), () => add(2)]) {
      await expect(tried()).rejects.toThrow(DatabaseUnavailable);
      await expect(tried()).rejects.toThrow(down);
    }
    renameSync(moved, path);
    await database.probe();
    await add(3);
    expect(await database.reader.selectFrom('notes').selectAll().execute()).toEqual([{ id: 1 }, { id: 3 }]);
  });

  // Only Linux shows which files a process has open.
  (process.platform === 'linux' ? it : it.skip)('leaves nothing open when not all of it can be opened', () => {
    const script = join(__dirname, 'testing', 'open-with-few-files.ts');
    const runner = join(__dirname, '..', '..', 'event-store', 'src', 'testing', 'run-typescript.cjs');
    const command = 'ulimit -n 100 && exec "$@"';
    const output = execFileSync('sh', [
      '-c',
      command,
      'sh',
      process.execPath,
      runner,
      script,
      join(folder.path, 'few'),
    ]);
    const results = JSON.parse(output.toString()) as { isOpened: boolean; left: number }[];
    expect(new Set(results.map(({ isOpened }) => isOpened))).toEqual(new Set([true, false]));
    expect(results.filter(({ left }) => left > 0)).toEqual([]);
  });

  it('puts a durable transaction on the disk before it is answered, and only that', async () => {
    let during: unknown;
    const work = (durability: Durability, fails = false): Promise<void> =>
      database.transaction(durability, async (tx) => {
        during = await pragma('synchronous', tx);
        if (fails) throw new Error('no');
      });
    const [normal, full] = [1, 2];
    await work('durable');
    expect(during).toBe(full);
    await work('relaxed');
    expect(during).toBe(normal);
    await expect(work('durable', true)).rejects.toThrow('no');
    await work('relaxed');
    expect(during).toBe(normal);
  });
});
