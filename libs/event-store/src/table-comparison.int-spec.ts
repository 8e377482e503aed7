import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import type { Database } from '@connections/database/database';
import { openSqliteDatabase } from '@connections/database/sqlite-database';
import { describeDatabases } from '@connections/database/testing/databases';
import { temporaryFolder } from '../../../test/support/temporary-folder';
import { type Comparison, compareTables } from './table-comparison';

type Things = {
  things: { kind: string; number: number; big: unknown; flag: unknown; tags: unknown; word: string | null };
};

describeDatabases('tables of two databases', (databases) => {
  const folder = temporaryFolder();
  let live: Database<Things>;
  let replayed: Database<Things>;
  let files = 0;

  beforeEach(async () => {
    live = await databases.open();
    replayed = openSqliteDatabase(join(folder.path, `${(files += 1)}.sqlite`));
    const isPostgres = databases.engine === 'postgres';
    await create(live.writer, isPostgres ? ['bigint', 'boolean', 'jsonb'] : ['integer', 'integer', 'text']);
    await create(replayed.writer, ['integer', 'integer', 'text']);
  });
  afterEach(() => replayed.close());
  afterAll(() => folder.remove());

  async function create(database: Kysely<Things>, [big, flag, tags]: string[]): Promise<void> {
    const text = databases.engine === 'postgres' && database === live.writer ? 'text collate "C"' : 'text';
    await sql`create table things (
      kind ${sql.raw(text)}, number integer, big ${sql.raw(big ?? '')}, flag ${sql.raw(flag ?? '')},
      tags ${sql.raw(tags ?? '')}, word text, primary key (kind, number)
    )`.execute(database);
  }

  async function fill(database: Database<Things>, rows: readonly (readonly [string, number])[]): Promise<void> {
    const isPostgres = database === live && databases.engine === 'postgres';
    const values = rows.map(([kind, number]) => ({
      kind,
      number,
      big: 5_000_000_000 + number,
      flag: isPostgres ? number % 2 === 0 : Number(number % 2 === 0),
      // Each database writes the members in its own order.
      tags: isPostgres ? '{"b": [1, 2], "a": null}' : '{"b":[1,2],"a":null}',
      word: number % 3 === 0 ? null : `word ${number}`,
    }));
    for (let at = 0; at < values.length; at += 100) {
      await database.writer
        .insertInto('things')
        .values(values.slice(at, at + 100))
        .execute();
    }
  }

  const compare = (options?: Parameters<typeof compareTables>[2]): Promise<Comparison> =>
    compareTables({ live: live.as().reader, replayed: replayed.as().reader }, 'things', options);

  /** More than a page, in an order that is neither that of numbers as text, nor JavaScript's order of text. */
  const rows = ['Z', 'a', 'ä', '\uffee', '😀'].flatMap((kind) =>
    Array.from({ length: 500 }, (_, number) => [kind, number] as const),
  );

  it('are the same where they mean the same, whatever types a database has', async () => {
    await fill(live, rows.toReversed());
    await fill(replayed, rows);
    expect(await compare()).toEqual({ rows: 2_500, differing: 0, missing: 0, surplus: 0, differences: [] });
  });

  it('differ in a value, a row too few and a row too many', async () => {
    await fill(live, [...rows, ['b', 7]]);
    await fill(replayed, [...rows, ['c', 8]]);
    await live.writer.updateTable('things').set({ word: 'other', big: 1 }).where('number', '=', 9).where('kind', '=', '😀').execute(); // prettier-ignore
    await live.writer.deleteFrom('things').where('number', '=', 0).where('kind', '=', 'Z').execute();
    expect(await compare()).toEqual({
      rows: 2_501,
      differing: 1,
      missing: 2,
      surplus: 1,
      differences: [
        { key: { kind: 'Z', number: 0 }, kind: 'missing', columns: [] },
        { key: { kind: 'b', number: 7 }, kind: 'surplus', columns: [] },
        { key: { kind: 'c', number: 8 }, kind: 'missing', columns: [] },
        {
          key: { kind: '😀', number: 9 },
          kind: 'differs',
          columns: [
            { column: 'big', live: 1, replayed: 5_000_000_009 },
            { column: 'word', live: 'other', replayed: null },
          ],
        },
      ],
    });
  });

  it.each([
    ['flag', (isPostgres: boolean) => (isPostgres ? true : 1), (isPostgres: boolean) => (isPostgres ? true : 1), 0],
    ['tags', () => '[]', () => '[]', '{"b":[1,2],"a":null}'],
    ['word', () => 'null', () => 'null', 'word 1'],
  ] as const)('differ in %s', async (column, value, shown, other) => {
    await fill(live, [['a', 1]]);
    await fill(replayed, [['a', 1]]);
    const isPostgres = databases.engine === 'postgres';
    await live.writer
      .updateTable('things')
      .set({ [column]: value(isPostgres) })
      .execute();
    const { differences } = await compare();
    const live1 = shown(isPostgres);
    expect(differences).toEqual([
      {
        key: { kind: 'a', number: 1 },
        kind: 'differs',
        columns: [{ column, live: column === 'tags' && isPostgres ? [] : live1, replayed: other }],
      },
    ]);
  });

  it('name the first ten differences and count the others', async () => {
    await fill(replayed, rows);
    const compared = await compare();
    expect(compared).toMatchObject({ rows: 2_500, missing: 2_500 });
    expect(compared.differences.map(({ key }) => key)).toEqual(
      Array.from({ length: 10 }, (_, number) => ({ kind: 'Z', number })),
    );
  });

  it('are compared no further once that is given up', async () => {
    await fill(live, rows);
    await fill(replayed, rows);
    const interruption = new AbortController();
    const onProgress = (): void => interruption.abort(new Error('enough'));
    await expect(compare({ signal: interruption.signal, onProgress })).rejects.toThrow('enough');
  });
});
