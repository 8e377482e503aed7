import { type Kysely, sql } from 'kysely';
import type { Database, Durability } from './database';
import { describeDatabases } from './testing/databases';

describeDatabases('a database', (databases) => {
  let database: Database<{ notes: { id: number; at: number } }>;
  beforeAll(async () => {
    database = await databases.open();
    await database.writer.schema
      .createTable('notes')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .execute();
  });
  beforeEach(() => database.writer.deleteFrom('notes').execute());

  const ids = async (): Promise<number[]> =>
    (await database.reader.selectFrom('notes').select('id').orderBy('id').execute()).map(({ id }) => id);

  it.each<Durability>(['durable', 'relaxed'])('runs all of a %s transaction', async (durability) => {
    const answer = await database.transaction(durability, async (tx) => {
      await tx.insertInto('notes').values({ id: 1, at: 0 }).execute();
      expect(await ids()).toEqual([]);
      await tx.insertInto('notes').values({ id: 2, at: 0 }).execute();
      return 'done';
    });
    expect(answer).toBe('done');
    expect(await ids()).toEqual([1, 2]);
  });

  it.each<Durability>(['durable', 'relaxed'])('runs none of a %s transaction that fails', async (durability) => {
    const failing = database.transaction(durability, async (tx) => {
      await tx.insertInto('notes').values({ id: 1, at: 0 }).execute();
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await ids()).toEqual([]);
  });

  it('runs transactions that lock a table one after another, whoever asks for them at once', async () => {
    const add = (id: number) =>
      database.transaction(id % 2 === 0 ? 'durable' : 'relaxed', async (tx) => {
        await database.lock(tx, 'notes');
        const { count } = await tx
          .selectFrom('notes')
          .select((select) => select.fn.countAll<number>().as('count'))
          .executeTakeFirstOrThrow();
        await tx.insertInto('notes').values({ id: count, at: 0 }).execute();
      });
    await Promise.all(Array.from({ length: 20 }, (_, id) => add(id)));
    expect(await ids()).toEqual(Array.from({ length: 20 }, (_, id) => id));
  });

  it('gives times in milliseconds and counts as numbers', async () => {
    const at = Date.parse('2026-06-01T00:00:00.123Z');
    await database.writer.insertInto('notes').values({ id: 1, at }).execute();
    const count = database.reader.selectFrom('notes').select((select) => ['at', select.fn.countAll().as('count')]);
    expect(await count.groupBy('at').execute()).toEqual([{ at, count: 1 }]);
  });

  it('runs what came together, and tells each how it went', async () => {
    const insert = (id: number) =>
      database.together((together) => together.insertInto('notes').values({ id, at: 0 }).execute());
    const outcomes = await Promise.allSettled([insert(1), insert(2), insert(1), insert(3)]);
    const [one, two, again, three] = outcomes.map(({ status }) => status);
    expect([two, three]).toEqual(['fulfilled', 'fulfilled']);
    // Which of the two comes first is not defined.
    expect([one, again].sort()).toEqual(['fulfilled', 'rejected']);
    expect(await ids()).toEqual([1, 2, 3]);
  });

  it('runs a prepared query with whatever it is given', async () => {
    await database.writer
      .insertInto('notes')
      .values([1, 2, 3].map((id) => ({ id, at: 0 })))
      .execute();
    const query = database.reader.selectFrom('notes').select('id').where('id', '>=', 0).orderBy('id');
    const from = database.prepare(query.compile());
    expect(await from([2])).toEqual([{ id: 2 }, { id: 3 }]);
    expect(await from([3])).toEqual([{ id: 3 }]);
  });

  it('reads tables as they were at one moment, though somebody writes to them and tries to replace one', async () => {
    await database.writer.insertInto('notes').values({ id: 1, at: 0 }).execute();
    const create = (tx: Kysely<never>, name: string): Promise<void> =>
      tx.schema
        .createTable(name)
        .addColumn('id', 'integer', (column) => column.primaryKey())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .execute();
    await create(database.as<never>().writer, 'moments');
    const seen = await database.snapshot(['notes'], async (tx) => {
      // The moment is that of the first query, whatever table it reads.
      await sql`select * from moments`.execute(tx);
      await database.writer.insertInto('notes').values({ id: 2, at: 0 }).execute();
      const replacing = database.transaction('durable', async (writing) => {
        if (databases.engine === 'postgres') await sql`set local lock_timeout = 200`.execute(writing);
        await writing.schema.dropTable('notes').execute();
        await create(writing as unknown as Kysely<never>, 'notes');
        await writing.insertInto('notes').values({ id: 3, at: 0 }).execute();
      });
      // Whether the replacement has to wait, as on a server, or goes on beside the reader: the reader sees nothing of
      // it.
      await replacing.catch(() => undefined);
      return tx.selectFrom('notes').select('id').execute();
    });
    expect(seen).toEqual([{ id: 1 }]);
    expect(await ids()).toEqual(databases.engine === 'postgres' ? [1, 2] : [3]);
  });

  it('may be closed twice', async () => {
    const other = await databases.open();
    await other.close();
    await expect(other.close()).resolves.toBeUndefined();
  });
});
