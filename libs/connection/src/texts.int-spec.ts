import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Database } from '@connections/database/database';
import { migrate } from '@connections/database/migrate';
import { openPostgresDatabase } from '@connections/database/postgres-database';
import { openSqliteDatabase } from '@connections/database/sqlite-database';
import { describeDatabases } from '@connections/database/testing/databases';
import { startPostgres } from '../../../test/support/postgres';
import { temporaryFolder } from '../../../test/support/temporary-folder';
import { commitmentTo, type NewText, newText, sealed, textMigrations, Texts, type TextTables } from './texts';

const newTexts = async (database: Database<TextTables>): Promise<Texts> => {
  await migrate(database.as<never>().writer, textMigrations);
  return new Texts(database);
};
const written = (text: string): NewText => newText(text) as NewText;

describe('a commitment', () => {
  it('is to the salt and the text, over the lines that are published', () => {
    // sha256 of "connections/text/v1\n", 64 times "0", "\nPartner", by another implementation.
    expect(commitmentTo('0'.repeat(64), 'Partner')).toBe(
      '72df83f5ee20a25cc053f655bb18a66a786be3bce5379e58e5c55bbd1dfe241f',
    );
  });
  it('is another one for the same text each time', () => {
    const [one, other] = [written('Partner'), written('Partner')];
    expect(one.salt).toMatch(/^[0-9a-f]{64}$/);
    expect(one.commitment).not.toBe(other.commitment);
  });
  it('is made to what was written, and not where nothing was', () => {
    expect([newText(null), sealed(null)]).toEqual([null, null]);
    expect(newText('')).not.toBeNull();
    expect(sealed(written('Partner'))).toEqual({ commitment: expect.any(String) as string });
  });
});

describeDatabases('texts', (databases) => {
  let database: Database<TextTables>;
  let texts: Texts;
  beforeEach(async () => {
    database = await databases.open();
    texts = await newTexts(database);
  });

  it('are given for their commitments, in the order of these', async () => {
    const kept = Array.from({ length: 50 }, (_, n) => written(`It's text ${n} \\ "🤝"\n`));
    await Promise.all(kept.map((text) => texts.keep(text)));
    const asked = [null, { text: 'in the clear' }, ...kept.map(sealed).reverse(), { commitment: 'f'.repeat(64) }];
    expect(await texts.disclosed(asked)).toEqual([
      null,
      { text: 'in the clear' },
      ...kept.map(({ text }) => ({ text })).reverse(),
      { commitment: 'f'.repeat(64) },
    ]);
  });

  it('stay as they are when they are kept again', async () => {
    const text = written('once');
    await texts.keep(text);
    await texts.keep(text);
    expect(await database.reader.selectFrom('texts').selectAll().execute()).toEqual([text]);
  });

  it('are gone once they are removed, and others are not', async () => {
    const [one, other] = [written('one'), written('other')];
    for (const text of [one, other]) await texts.keep(text);
    await texts.remove([one.commitment, 'f'.repeat(64)]);
    await texts.remove([one.commitment]);
    await texts.remove([]);
    expect(await texts.disclosed([sealed(one), sealed(other)])).toEqual([sealed(one), { text: 'other' }]);
  });

  it('are counted when they are removed, and not when there was nothing to remove', async () => {
    const [one, other] = [written('one'), written('other')];
    for (const text of [one, other]) await texts.keep(text);
    expect(await texts.removals()).toBe(0);
    await texts.remove([one.commitment]);
    await texts.remove([one.commitment]);
    expect(await texts.removals()).toBe(1);
    await texts.remove([other.commitment]);
    expect(await texts.removals()).toBe(2);
  });
});

describe('texts that were removed from a file', () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());

  /**
   * Stores 400 texts and removes some of them. @returns how many were removed, and which of those are still in the
   * file.
   */
  const removing = async (
    name: string,
    isMeant: (n: number) => boolean,
    afterwards: (database: Database<TextTables>) => Promise<unknown> = () => Promise.resolve(),
  ): Promise<{ removed: number; left: string[] }> => {
    const place = join(folder.path, name);
    const database = openSqliteDatabase<TextTables>(place);
    const texts = await newTexts(database);
    const kept = Array.from({ length: 400 }, (_, n) => written(`text ${n} ${'x'.repeat(n)}`));
    for (const text of kept) await texts.keep(text);
    const gone = kept.filter((_, n) => isMeant(n));
    await texts.remove(gone.map(({ commitment }) => commitment));
    await afterwards(database);
    await sql`pragma wal_checkpoint(truncate)`.execute(database.writer);
    await database.close();
    const file = readFileSync(place, 'latin1');
    const isThere = ({ text, salt }: NewText): boolean => file.includes(text) || file.includes(salt);
    expect(kept.filter((text, n) => !isMeant(n) && !isThere(text))).toEqual([]);
    return { removed: gone.length, left: gone.filter(isThere).map(({ text }) => text) };
  };

  it('are not in the free space of its pages either', async () =>
    expect(await removing('scattered.sqlite', (n) => n % 3 === 0)).toEqual({ removed: 134, left: [] }));

  // When SQLite moves a row to another page while it frees pages, it may leave a copy behind.
  it('are not on pages that were given up, but for a few', async () =>
    expect((await removing('together.sqlite', (n) => n > 100 && n < 300)).left.length).toBeLessThan(20));

  it('are nowhere in it once the operator has had SQLite clean it', async () => {
    const clean = (database: Database<TextTables>): Promise<unknown> => sql`vacuum`.execute(database.writer);
    expect(await removing('clean.sqlite', (n) => n > 100 && n < 300, clean)).toEqual({ removed: 199, left: [] });
  });
});

describe('a text on a PostgreSQL that crashes', () => {
  it('is there again, since it was on the disk before anything went on', async () => {
    const server = await startPostgres({ durable: true });
    const url = await server.createDatabase();
    const before = await openPostgresDatabase<TextTables>(url);
    try {
      const texts = await newTexts(before);
      const text = written('durable');
      await texts.keep(text);
      await server.end('QUIT');
      await server.start();
      // Connections from before the restart are found to be lost only when they are used.
      const after = await openPostgresDatabase<TextTables>(url);
      try {
        expect(await new Texts(after).disclosed([sealed(text)])).toEqual([{ text: 'durable' }]);
      } finally {
        await after.close();
      }
    } finally {
      await before.close();
      await server.remove();
    }
  });
});
