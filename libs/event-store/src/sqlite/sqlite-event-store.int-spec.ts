import { copyFileSync, existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import { temporaryFolder, type TemporaryFolder } from '../../../../test/support/temporary-folder';
import { NO_STREAM, START, WrongExpectedRevision, StoreUnavailable } from '../event-store';
import { all, describeEventStore, event, events, follow, newStream } from '../testing/event-store.contract';
import { SqliteEventStore } from './sqlite-event-store';

describeEventStore('SqliteEventStore', async () => {
  const folder = temporaryFolder();
  const path = join(folder.path, 'events.sqlite');
  const store = new SqliteEventStore(path);
  return {
    store,
    reopen: async () => new SqliteEventStore(path),
    cleanup: async () => {
      await store.close();
      folder.remove();
    },
  };
});

/** Counts the commits in a write-ahead log: each ends with a frame that holds the size of the file after it. */
function commitsIn(wal: Buffer): number {
  const [headerBytes, frameHeaderBytes] = [32, 24];
  const pageBytes = wal.readUInt32BE(8);
  const salt = wal.subarray(16, 24);
  let commits = 0;
  for (let at = headerBytes; at + frameHeaderBytes + pageBytes <= wal.length; at += frameHeaderBytes + pageBytes) {
    // Frames of an earlier round of the log have another salt.
    if (!wal.subarray(at + 8, at + 16).equals(salt)) break;
    if (wal.readUInt32BE(at + 4) > 0) commits += 1;
  }
  return commits;
}

describe('a SQLite event store', () => {
  let folder: TemporaryFolder;
  let path: string;
  let store: SqliteEventStore;
  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder.path, 'events.sqlite');
    store = new SqliteEventStore(path);
  });
  afterEach(async () => {
    await store.close();
    folder.remove();
  });
  const commits = (): number => commitsIn(readFileSync(`${path}-wal`));

  it('commits once for everything that arrives in one turn of the event loop', async () => {
    const before = commits();
    await Promise.all(Array.from({ length: 100 }, () => store.append(newStream(), NO_STREAM, [event()])));
    expect(commits() - before).toBe(1);
  });

  it('commits once for each append that waits for the one before', async () => {
    const before = commits();
    for (let n = 0; n < 5; n += 1) await store.append(newStream(), NO_STREAM, [event()]);
    expect(commits() - before).toBe(5);
  });

  it('answers nobody before the commit that holds the event', async () => {
    const before = commits();
    const appending = store.append(newStream(), NO_STREAM, [event()]);
    expect(commits()).toBe(before);
    await appending.then(() => expect(commits()).toBe(before + 1));
  });

  it('commits the others of a turn when some of them come too late', async () => {
    const stream = newStream();
    await store.append(stream, NO_STREAM, [event()]);
    const before = commits();
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) =>
        store.append(n % 2 === 0 ? stream : newStream(), n % 2 === 0 ? 5 : NO_STREAM, [event(), event()]),
      ),
    );
    expect(commits() - before).toBe(1);
    results.forEach((result, n) => {
      expect(result.status).toBe(n % 2 === 0 ? 'rejected' : 'fulfilled');
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(WrongExpectedRevision);
    });
  });

  it('counts positions without gaps, even where appends of a turn come too late', async () => {
    const streams = Array.from({ length: 10 }, newStream);
    for (let round = 0; round < 5; round += 1) {
      await Promise.allSettled(
        streams.flatMap((stream) => [1, 2].map(() => store.append(stream, round - 1, [event()]))),
      );
    }
    const found = await follow(store, { after: START, streams, count: 50 });
    expect(found.map(({ position }) => Number(position))).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
  });

  it('judges the appends of one turn in the order in which they came', async () => {
    const stream = newStream();
    const appended = await Promise.all([
      store.append(stream, NO_STREAM, [event()]),
      store.append(stream, 0, events(2)),
      store.append(stream, 2, [event()]),
    ]);
    expect(appended.map(({ revision }) => revision)).toEqual([0, 2, 3]);
  });

  it('keeps what was given, whatever the giver does to it before the commit', async () => {
    const stream = newStream();
    const data = { n: 1 };
    const appending = store.append(stream, NO_STREAM, [event(data)]);
    data.n = 2;
    await appending;
    expect((await all(store.read(stream)))[0]?.data).toEqual({ n: 1 });
  });

  it('says that nothing was written when the commit fails, and goes on once the cause is gone', async () => {
    const stream = newStream();
    const intruder = new SqliteDatabase(path);
    intruder.exec(`create trigger full before insert on events begin select raise(abort, 'no more'); end`);
    const failing = await Promise.allSettled([1, 2].map(() => store.append(newStream(), NO_STREAM, [event()])));
    for (const result of failing) {
      expect(result).toMatchObject({
        status: 'rejected',
        reason: expect.objectContaining({
          message: expect.stringMatching(/cannot serve now: no more .*nothing was written/),
        }),
      });
    }
    intruder.exec('drop trigger full');
    intruder.close();
    expect(await store.append(stream, NO_STREAM, [event()])).toEqual({ revision: 0, position: '0000000000000001' });
  });

  describe('while another process holds the file', () => {
    let intruder: SqliteDatabase.Database;
    beforeEach(() => {
      intruder = new SqliteDatabase(path);
      intruder.exec('begin immediate');
    });
    afterEach(() => intruder.close());

    it('lets nobody wait but those who append', async () => {
      const stream = newStream();
      const appending = store.append(stream, NO_STREAM, [event()]);
      await nextTurn();
      await nextTurn();
      expect(await all(store.read(stream))).toEqual([]);
      expect(await store.head()).toBe(START);
      intruder.exec('rollback');
      expect(await appending).toEqual({ revision: 0, position: '0000000000000001' });
    });

    it('commits once for everything that arrives until others are written', async () => {
      const before = commits();
      const appending = [store.append(newStream(), NO_STREAM, [event()])];
      await nextTurn();
      await nextTurn();
      for (let turn = 0; turn < 10; turn += 1) {
        appending.push(store.append(newStream(), NO_STREAM, [event()]));
        await nextTurn();
      }
      expect(commits()).toBe(before);
      intruder.exec('rollback');
      await Promise.all(appending);
      expect(commits() - before).toBe(2);
    });

    it('writes what it was given before it closes', async () => {
      const stream = newStream();
      const appending = store.append(stream, NO_STREAM, [event()]);
      const closing = store.close();
      await nextTurn();
      intruder.exec('rollback');
      expect(await appending).toMatchObject({ revision: 0 });
      await closing;
      store = new SqliteEventStore(path);
      expect(await all(store.read(stream))).toHaveLength(1);
    });
  });

  it('writes nothing while its file is away or another one is in its place, and goes on when it is back', async () => {
    const appending = (): Promise<unknown> => store.append(newStream(), NO_STREAM, [event()]);
    const moved = /was moved away or replaced .*DBMOVED\); nothing was written/;
    for (const position of ['0000000000000001', '0000000000000002']) {
      renameSync(path, `${path}.away`);
      await expect(appending()).rejects.toThrow(moved);
      await expect(store.head()).rejects.toThrow(StoreUnavailable);
      copyFileSync(`${path}.away`, path);
      await expect(appending()).rejects.toThrow(moved);
      await expect(store.head()).rejects.toThrow(/was moved away or replaced .*; nothing was read/);
      renameSync(`${path}.away`, path);
      expect(await appending()).toEqual({ revision: 0, position });
      expect(await store.head()).toBe(position);
    }
  });

  it('is closed once, whoever asks for it', async () => {
    const appending = store.append(newStream(), NO_STREAM, [event()]);
    void store.close();
    // The second call returns only when it is closed, too.
    await store.close();
    expect(existsSync(`${path}-wal`)).toBe(false);
    await appending;
  });

  it('names the event whose text was damaged on the disk', async () => {
    const stream = newStream();
    await store.append(stream, NO_STREAM, events(3));
    const intruder = new SqliteDatabase(path);
    intruder.prepare(`update events set data = '{"n": 1' where revision = 1`).run();
    intruder.close();
    await expect(all(store.read(stream))).rejects.toThrow(
      `The event log is damaged at ${stream}@1 (position 0000000000000002)`,
    );
    await expect(follow(store, { after: START, streams: [stream], count: 3 })).rejects.toThrow(`${stream}@1`);
    expect(await all(store.read(stream, { limit: 1 }))).toHaveLength(1);
  });
});
