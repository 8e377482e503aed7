import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Database, Durability } from './database';
import { openSqliteDatabase } from './sqlite-database';

describe('a database in a SQLite file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'connections-'));
  const path = join(folder, 'database.sqlite');
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
    rmSync(folder, { recursive: true });
  });

  const pragma = async (name: string, by = database.writer): Promise<unknown> =>
    Object.values((await sql<Record<string, unknown>>`pragma ${sql.raw(name)}`.execute(by)).rows[0] ?? {})[0];
  const ids = async (): Promise<number[]> =>
    (await database.reader.selectFrom('notes').select('id').orderBy('id').execute()).map(({ id }) => id);

  it('is in WAL mode', async () => {
    expect(await pragma('journal_mode')).toBe('wal');
  });

  it('cannot be written to by its reader', async () => {
    await expect(sql`insert into notes values (1)`.execute(database.reader)).rejects.toThrow(/readonly/);
  });

  it.each<Durability>(['durable', 'relaxed'])('runs all of a %s transaction', async (durability) => {
    const answer = await database.transaction(durability, async (tx) => {
      await tx.insertInto('notes').values({ id: 1 }).execute();
      expect(await ids()).toEqual([]);
      await tx.insertInto('notes').values({ id: 2 }).execute();
      return 'done';
    });
    expect(answer).toBe('done');
    expect(await ids()).toEqual([1, 2]);
  });

  it.each<Durability>(['durable', 'relaxed'])('runs none of a %s transaction that fails', async (durability) => {
    const failing = database.transaction(durability, async (tx) => {
      await tx.insertInto('notes').values({ id: 1 }).execute();
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await ids()).toEqual([]);
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

  it('runs transactions one after another, whoever asks for them at once', async () => {
    const add = (id: number) =>
      database.transaction(id % 2 === 0 ? 'durable' : 'relaxed', async (tx) => {
        const { count } = await tx
          .selectFrom('notes')
          .select((select) => select.fn.countAll<number>().as('count'))
          .executeTakeFirstOrThrow();
        await tx.insertInto('notes').values({ id: count }).execute();
      });
    await Promise.all(Array.from({ length: 20 }, (_, id) => add(id)));
    expect(await ids()).toEqual(Array.from({ length: 20 }, (_, id) => id));
  });
});
