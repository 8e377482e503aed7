import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import threads from 'node:worker_threads';
import SqliteDatabase from 'better-sqlite3';
import { temporaryFolder, type TemporaryFolder } from '../../../../test/support/temporary-folder';
import { NO_STREAM, StoreUnavailable } from '../event-store';
import { newStream } from '../testing/event-store.contract';
import { LogWriter } from './log-writer';
import type { WantedAppend } from './log-writer.thread';
import { SqliteEventStore } from './sqlite-event-store';

describe('the writer of a log', () => {
  let folder: TemporaryFolder;
  let path: string;
  let store: SqliteEventStore;
  let intruder: SqliteDatabase.Database;
  let writer: LogWriter;
  let commits: number;
  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder.path, 'events.sqlite');
    store = new SqliteEventStore(path);
    intruder = new SqliteDatabase(path);
    commits = 0;
    writer = new LogWriter(path, () => (commits += 1));
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    intruder.close();
    await store.close();
    folder.remove();
  });

  const wanted = (): WantedAppend => ({
    stream: newStream(),
    expectedRevision: NO_STREAM,
    rows: [{ id: '1', type: 'Noted', data: '{}', metadata: '{}' }],
  });
  /** An invalid append, which fails with an error that is not SQLite's, so that the thread ends. */
  const fatal = { stream: 'no rows', expectedRevision: NO_STREAM } as WantedAppend;
  const ended = expect.objectContaining({
    message: expect.stringMatching(
      /^The thread that writes the log has ended: .*Whether this was written is not known\.$/,
    ),
  });

  it('tells those whose thread ends that nobody knows, and writes what waits by another one', async () => {
    intruder.exec('begin immediate');
    const before = writer.append(wanted(), 1);
    await nextTurn();
    const lost = Promise.allSettled([writer.append(fatal, 1), writer.append(wanted(), 1)]);
    intruder.exec('rollback');
    await before;
    const after = writer.append(wanted(), 1);
    expect(await lost).toEqual([
      { status: 'rejected', reason: ended },
      { status: 'rejected', reason: ended },
    ]);
    expect([await before, await after, await writer.append(wanted(), 1)]).toEqual(
      [1, 2, 3].map((position) => ({ revision: 0, position })),
    );
    expect(commits).toBe(3);
    await writer.close();
  });

  it('closes although its thread ends meanwhile', async () => {
    const lost = expect(writer.append(fatal, 1)).rejects.toEqual(ended);
    await writer.close();
    await lost;
  });

  it('says that nothing was written while no thread can be started, and goes on when one can', async () => {
    jest.spyOn(threads, 'Worker').mockImplementation(() => {
      throw new Error('EAGAIN');
    });
    const refused = Promise.allSettled([writer.append(wanted(), 1), writer.append(wanted(), 1)]);
    for (const outcome of await refused) {
      expect(outcome).toMatchObject({
        reason: new StoreUnavailable('The thread that writes the log cannot be started: EAGAIN; nothing was written.'),
      });
    }
    jest.restoreAllMocks();
    expect(await writer.append(wanted(), 1)).toEqual({ revision: 0, position: 1 });
    await writer.close();
  });

  it('lets no more wait than there is memory for, and refuses the others at once', async () => {
    intruder.exec('begin immediate');
    const mebibyte = 2 ** 20;
    const taken = Array.from({ length: 80 }, () => writer.append(wanted(), mebibyte));
    await expect(writer.append(wanted(), mebibyte)).rejects.toThrow('is slower than what is asked of it');
    intruder.exec('rollback');
    await Promise.all(taken);
    await writer.close();
  });
});
