import { execFileSync } from 'node:child_process';
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

  it('keeps the values of parameters from whoever plans the query', () => {
    const { sql: text } = database.reader.selectFrom('notes').selectAll().where('id', '=', 1).limit(1).compile();
    expect(text).toBe('select * from "notes" where "id" = +? limit +?');
  });

  // Only Linux shows what a process has open.
  (process.platform === 'linux' ? it : it.skip)('leaves nothing open when not all of it can be opened', () => {
    const script = join(__dirname, 'testing', 'open-with-few-files.ts');
    const runner = join(__dirname, '..', '..', 'event-store', 'src', 'testing', 'run-typescript.cjs');
    const command = 'ulimit -n 100 && exec "$@"';
    const output = execFileSync('sh', ['-c', command, 'sh', process.execPath, runner, script, join(folder, 'few')]);
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
