import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { type Kysely, sql } from 'kysely';
import { pendingMigrations } from '@connections/database/migrate';
import { UnusableFile } from '@connections/database/unusable';
import { runChild } from '@connections/event-store/testing/child-process';
import { temporaryFolder, type TemporaryFolder } from '../../../test/support/temporary-folder';
import { closeStores, filesOf, migrations, openStores, withScratchDatabase } from './stores';

describe('the stores of a service', () => {
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  it('are made where there are none, folder and all', async () => {
    const stores = await openStores({ DATA_DIR: join(folder.path, 'not', 'there', 'yet') });
    const database = stores.database.writer as unknown as Kysely<never>;
    expect(await pendingMigrations(database, migrations)).toEqual([]);
    await closeStores(stores);
  });

  it('are found as they were', async () => {
    const before = await openStores({ DATA_DIR: folder.path });
    await before.eventStore.append('notes-1', -1, [
      { id: '00000000-0000-4000-8000-000000000001', type: 'Noted', data: {}, metadata: {} },
    ]);
    const organization = { id: 'org_1', name: 'Acme', created_at: '2026-06-01T00:00:00.000Z', request: null };
    await before.database.writer.insertInto('organizations').values(organization).execute();
    const head = await before.eventStore.head();
    await closeStores(before);

    const after = await openStores({ DATA_DIR: folder.path });
    expect(await after.eventStore.head()).toBe(head);
    expect(await after.database.reader.selectFrom('organizations').selectAll().execute()).toEqual([organization]);
    await closeStores(after);
  });

  it('may be closed twice', async () => {
    const stores = await openStores({ DATA_DIR: folder.path });
    await closeStores(stores);
    await expect(closeStores(stores)).resolves.toBeUndefined();
  });

  it('are made once by several processes that start at the same moment', async () => {
    for (const round of [1, 2]) {
      const shared = join(folder.path, String(round));
      const program = join(__dirname, 'testing', 'open-stores.ts');
      const starts = await Promise.all([1, 2, 3].map(() => runChild(program, [shared])));
      expect(starts.map(({ lines, stderr }) => lines[0] ?? stderr)).toEqual(Array(3).fill({ opened: true }));
    }
  });

  it('are refused when one of them cannot serve, and the other is let go of', async () => {
    writeFileSync(filesOf(folder.path).database, 'Dear diary, '.repeat(100));
    await expect(openStores({ DATA_DIR: folder.path })).rejects.toThrow(UnusableFile);
    await expect(openStores({ DATA_DIR: folder.path })).rejects.toThrow(/connections\.sqlite is not a SQLite database/);
    // A log that was still open would have a write-ahead log.
    rmSync(filesOf(folder.path).database);
    await closeStores(await openStores({ DATA_DIR: folder.path }));
  });

  it('are refused when the database belongs to another application, which is left as it was', async () => {
    const { database } = filesOf(folder.path);
    const other = new SqliteDatabase(database);
    other.exec('create table invoices (id integer primary key)');
    other.close();
    const before = readFileSync(database);
    await expect(openStores({ DATA_DIR: folder.path })).rejects.toThrow(UnusableFile);
    await expect(openStores({ DATA_DIR: folder.path })).rejects.toThrow(
      /connections\.sqlite is a SQLite database, but not one of this/,
    );
    expect(readFileSync(database).equals(before)).toBe(true);
  });

  it('are refused when the two files are mixed up', async () => {
    await closeStores(await openStores({ DATA_DIR: folder.path }));
    const mixed = join(folder.path, 'mixed');
    mkdirSync(mixed);
    copyFileSync(filesOf(folder.path).database, filesOf(mixed).log);
    await expect(openStores({ DATA_DIR: mixed })).rejects.toThrow(
      /events\.sqlite is a SQLite database, but not an event log/,
    );
  });

  it('say of temporary ones that have no room where they are, and by what that is changed', async () => {
    const filled = withScratchDatabase(async ({ writer }) => {
      await sql`pragma max_page_count = 1`.execute(writer);
      const organization = {
        id: 'org_1',
        name: 'x'.repeat(1e6),
        created_at: '2026-06-01T00:00:00.000Z',
        request: null,
      };
      await writer.insertInto('organizations').values(organization).execute();
    });
    await expect(filled).rejects.toThrow(UnusableFile);
    await expect(filled).rejects.toThrow(`${tmpdir()}, where temporary files go, cannot take `);
    await expect(filled).rejects.toThrow(/\(SQLITE_FULL\)\. .* TMPDIR\.$/);
  });
});
