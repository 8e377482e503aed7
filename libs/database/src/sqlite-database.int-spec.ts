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

  it('is in WAL mode', async () => {
    expect(await pragma('journal_mode')).toBe('wal');
  });

  it('cannot be written to by its reader', async () => {
    await expect(sql`insert into notes values (1)`.execute(database.reader)).rejects.toThrow(/readonly/);
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
