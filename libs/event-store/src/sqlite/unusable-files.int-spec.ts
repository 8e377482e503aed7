import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { UnusableFile } from '@connections/database/unusable';
import { temporaryFolder, type TemporaryFolder } from '../../../../test/support/temporary-folder';
import { NO_STREAM } from '../event-store';
import { runChild } from '../testing/child-process';
import { all, event } from '../testing/event-store.contract';
import { SqliteEventStore } from './sqlite-event-store';
import { inspectSqliteLog } from './sqlite-log-inspection';

const EVENTS = 60;

/** The damage found in a log; some damage makes even SQLite's own check fail. */
function damageIn(path: string): string[] {
  try {
    return inspectSqliteLog(path, (log) => log.damage());
  } catch (error) {
    expect(error).toBeInstanceOf(UnusableFile);
    return [(error as Error).message];
  }
}

describe('a file that cannot be the event log', () => {
  let folder: TemporaryFolder;
  let path: string;
  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder.path, 'events.sqlite');
  });
  afterEach(() => folder.remove());

  /** A closed log of some hundred kilobytes. */
  async function aLog(): Promise<void> {
    const store = new SqliteEventStore(path);
    await Promise.all(
      Array.from({ length: EVENTS }, (_, n) =>
        store.append(`log-${n}`, NO_STREAM, [event({ text: 'x'.repeat(5_000) })]),
      ),
    );
    await store.close();
    expect(existsSync(`${path}-wal`)).toBe(false);
  }

  /** Expects a one-line refusal that leaves every byte of the file unchanged. */
  function isRefused(saying: RegExp): void {
    const before = readFileSync(path);
    const opening = () => new SqliteEventStore(path);
    expect(opening).toThrow(UnusableFile);
    expect(opening).toThrow(saying);
    expect(opening).toThrow(path);
    expect(readFileSync(path).equals(before)).toBe(true);
  }

  it('for it was written by a newer version', async () => {
    await aLog();
    const newer = new SqliteDatabase(path);
    newer.pragma('user_version = 2');
    newer.close();
    isRefused(/newer version \(layout 2; this one knows up to 1\)/);
  });

  it('for it is the database of another application', () => {
    const other = new SqliteDatabase(path);
    other.exec('create table invoices (id integer primary key)');
    other.close();
    isRefused(/not an event log of this service/);
  });

  it.each([
    ['a letter', 'Dear Sir or Madam, '.repeat(500)],
    ['a very short note', 'hello'],
    ['zeros', Buffer.alloc(8_192)],
  ])('for it is %s', (_, content) => {
    writeFileSync(path, content);
    isRefused(/not a SQLite database/);
  });

  it('for it is a folder', () => {
    mkdirSync(path);
    expect(() => new SqliteEventStore(path)).toThrow(UnusableFile);
    expect(() => new SqliteEventStore(path)).toThrow(/is a folder/);
  });

  it('for its folder is a file', () => {
    writeFileSync(path, 'I am a file');
    const below = join(path, 'data', 'events.sqlite');
    expect(() => new SqliteEventStore(below)).toThrow(UnusableFile);
    expect(() => new SqliteEventStore(below)).toThrow(/not a folder.*DATA_DIR/);
    expect(readFileSync(path, 'utf8')).toBe('I am a file');
  });

  it.each([
    ['by half a page', (size: number) => size - 2_048],
    ['by whole pages', (size: number) => size - 10 * 4_096],
    ['by its larger half', () => 4_096 * 3],
    ['to less than a header', () => 60],
  ])('for it was cut short %s', async (_, left) => {
    await aLog();
    truncateSync(path, left(statSync(path).size));
    isRefused(/is damaged|not a SQLite database/);
  });

  it('for it cannot be written by this user', async () => {
    await aLog();
    chmodSync(folder.path, 0o755);
    chmodSync(path, 0o444);
    const program = join(__dirname, '..', 'testing', 'open-as-nobody.ts');
    const before = readFileSync(path);
    const { lines, stderr } = await runChild(program, [path]);
    expect([stderr, lines]).toEqual([
      '',
      [
        {
          name: 'UnusableFile',
          message: expect.stringMatching(/cannot be (written|opened).*DATA_DIR to another folder/),
        },
      ],
    ]);
    const made = await runChild(program, [join(folder.path, 'new.sqlite')]);
    expect(made.lines).toEqual([
      { name: 'UnusableFile', message: expect.stringMatching(/DATA_DIR to another folder/) },
    ]);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('for it cannot be written by this user, who may write to its folder', async () => {
    await aLog();
    chmodSync(folder.path, 0o777);
    chmodSync(path, 0o444);
    const before = readFileSync(path);
    const { lines } = await runChild(join(__dirname, '..', 'testing', 'open-as-nobody.ts'), [path]);
    expect(lines).toEqual([
      { name: 'UnusableFile', message: expect.stringContaining(`${path} cannot be written: `) as string },
    ]);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(folder.path)).toEqual(['events.sqlite']);
  });
});

describe('an event log', () => {
  let folder: TemporaryFolder;
  let path: string;
  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder.path, 'events.sqlite');
  });
  afterEach(() => folder.remove());

  it('with a page overwritten in the middle says so where it matters, and its back-up serves', async () => {
    const store = new SqliteEventStore(path);
    for (let n = 0; n < EVENTS; n += 1) {
      await store.append('log-1', n - 1, [event({ text: 'x'.repeat(5_000) })]);
    }
    await store.close();
    const backup = join(folder.path, 'backup.sqlite');
    copyFileSync(path, backup);
    const size = statSync(path).size;
    const file = openSync(path, 'r+');
    for (let page = 2; page * 4_096 < size; page += 1) writeSync(file, Buffer.alloc(64, 0xff), 0, 64, page * 4_096);
    closeSync(file);

    // The beginning may be intact, so that it opens; but reading reports the damage, and never returns wrong events.
    const damaged = (() => {
      try {
        return new SqliteEventStore(path);
      } catch (error) {
        expect(error).toBeInstanceOf(UnusableFile);
        return null;
      }
    })();
    if (damaged !== null) {
      expect(damageIn(path)).not.toEqual([]);
      await expect(all(damaged.read('log-1'))).rejects.toThrow(/event store cannot serve now|event log is damaged/);
      await damaged.close();
    }

    const restored = new SqliteEventStore(backup);
    expect(damageIn(backup)).toEqual([]);
    expect(await all(restored.read('log-1'))).toHaveLength(EVENTS);
    await restored.close();
  });

  // With small events, the write-ahead log reaches the limit halfway; with odd limits, a write is cut short; with a
  // high limit, the write-ahead log is first copied to the file, and it is the file that cannot grow.
  it.each([
    { bytes: 100, limit: 200 },
    { bytes: 3_000, limit: 333 },
    { bytes: 20_000, limit: 1_001 },
    { bytes: 3_000, limit: 36_001 },
  ])(
    'on a full disk ($bytes bytes an event, at $limit blocks) keeps everything it answered',
    async ({ bytes, limit }) => {
      // The tables are created before the disk is full.
      await new SqliteEventStore(path).close();
      const program = join(__dirname, '..', 'testing', 'append-until-full.ts');
      const { lines, stderr } = await runChild(program, [path, String(bytes)], { fileSizeLimit: limit });
      expect(stderr).toBe('');
      const { answered, read, errors } = lines[0] as { answered: number; read: number; errors: object[] };
      expect(answered).toBeGreaterThan(5);
      expect(read).toBe(answered);
      for (const error of errors) {
        expect(error).toEqual({
          name: 'StoreUnavailable',
          message: expect.stringMatching(/^The event store cannot serve now: .*nothing was written\.$/),
        });
      }

      // There is space again.
      const store = new SqliteEventStore(path);
      const found = await all(store.read('full-1'));
      expect(found.map(({ revision }) => revision)).toEqual(Array.from({ length: answered }, (_, n) => n));
      expect(damageIn(path)).toEqual([]);
      expect((await store.append('full-1', answered - 1, [event()])).revision).toBe(answered);
      await store.close();
    },
  );
});
