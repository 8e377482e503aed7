import { setImmediate } from 'node:timers/promises';
import { describeDatabases } from '@connections/database/testing/databases';
import { rebuild } from '@connections/event-store/rebuild';
import { Checkpointer } from './checkpointer';
import { type AuditedLog, openAuditedLog } from './testing/audited-log';
import { treeProjection } from './tree.projection';

/** All timers, but not the clock. */
const TIMERS: FakeableAPI[] = [
  ...(['nextTick', 'queueMicrotask', 'hrtime', 'performance'] as const),
  ...(['setImmediate', 'clearImmediate', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] as const),
];

describeDatabases('what signs checkpoints by itself', (databases) => {
  let log: AuditedLog;
  let running: Checkpointer | undefined;
  const said: string[] = [];
  beforeEach(async () => {
    log = await openAuditedLog(databases);
    said.length = 0;
  });
  afterEach(async () => {
    await running?.stop();
    running = undefined;
    await log.close();
  });

  /** @param first is run once the tree follows the log, before anything else reads either. */
  async function start(
    due: { readonly events: number; readonly minutes: number },
    first: () => void = () => undefined,
  ): Promise<Checkpointer> {
    const { projector, ...instance } = await log.instance();
    await until(() => projector.status.state !== 'starting');
    first();
    const say = (_: object, words: string): void => void said.push(words);
    running = new Checkpointer(
      { ...instance, tree: log.tree },
      projector,
      due,
      { warn: say, error: say } as never,
      null,
    );
    running.start();
    return running;
  }
  async function until(holds: () => unknown): Promise<void> {
    while (!(await holds())) await setImmediate();
  }
  /** Waits for one complete round, after which everything due is signed. */
  async function looked(checkpointer: Checkpointer): Promise<void> {
    for (let looks = 0; looks < 2; looks += 1) {
      const { status } = checkpointer;
      await until(() => checkpointer.status !== status);
    }
  }
  const sizes = async (): Promise<number[]> => {
    const rows = await log.database.reader.selectFrom('checkpoints').select('size').orderBy('size').execute();
    return rows.map(({ size }) => size);
  };

  it('signs the first events at once, and then whenever so many more have come', async () => {
    log.keys.create('log.example');
    await log.append('a');
    const checkpointer = await start({ events: 3, minutes: 60 });
    await until(() => checkpointer.status.size === 1);
    await log.append('a', 'b');
    await until(async () => (await log.tree.size()) === 3);
    await looked(checkpointer);
    expect(await sizes()).toEqual([1]);
    await log.append('a');
    await until(() => checkpointer.status.size === 4);
    expect(await sizes()).toEqual([1, 4]);
    expect(checkpointer.status).toEqual({ state: 'ok', problem: null, size: 4 });
  });

  it('signs what has come when the last one is old, and nothing when nothing has come', async () => {
    log.keys.create('log.example');
    const checkpointer = await start({ events: 1_000, minutes: 0 });
    await looked(checkpointer);
    expect(await sizes()).toEqual([]);
    await log.append('a', 'b');
    await until(() => checkpointer.status.size === 2);
    await looked(checkpointer);
    expect(await sizes()).toEqual([2]);
  });

  it('does not wait for the time of one that was signed by a clock that was ahead', async () => {
    log.keys.create('log.example');
    await log.append('a');
    const { checkpoints } = await log.instance();
    const ahead = new Date(Date.now() + 365 * 24 * 3_600_000);
    jest.useFakeTimers({ now: ahead, doNotFake: TIMERS });
    try {
      expect(await checkpoints.coveringNow()).toMatchObject({ size: 1, signedAt: ahead.toISOString() });
    } finally {
      jest.useRealTimers();
    }
    await log.append('a');
    const checkpointer = await start({ events: 1_000, minutes: 60 });
    await until(() => checkpointer.status.size === 2);
    expect(await sizes()).toEqual([1, 2]);
  });

  it.each([
    ['when it looks', 1],
    ['when it signs', 2],
  ])('can be stopped while the log does not say, %s, whether it has the last event', async (_, unanswered) => {
    log.keys.create('log.example');
    await log.append('a');
    const asked = Promise.withResolvers<null>();
    const checkpointer = await start({ events: 1, minutes: 0 }, () => {
      const store = log.store();
      const read = store.read.bind(store);
      let reads = 0;
      jest.spyOn(store, 'read').mockImplementation(async function* (...of) {
        reads += 1;
        if (reads < unanswered) return yield* read(...of);
        asked.resolve(null);
        await new Promise(() => undefined);
      });
    });
    await asked.promise;
    await checkpointer.stop();
    expect(await sizes()).toEqual([]);
  });

  it('says that it has no key, once, and signs as soon as there is one', async () => {
    await log.append('a');
    const checkpointer = await start({ events: 1, minutes: 0 });
    await until(() => checkpointer.status.state === 'no-keys');
    expect(checkpointer.status.problem).toContain('audit key create');
    log.keys.create('log.example');
    await until(() => checkpointer.status.size === 1);
    expect(checkpointer.status).toMatchObject({ state: 'ok', problem: null });
    expect(said).toEqual(['no checkpoints are signed']);
  });

  it('signs nothing any more when the log is not the one that was signed, and says so', async () => {
    log.keys.create('log.example');
    await log.append('a', 'b');
    await (await log.instance()).checkpoints.coveringNow();
    await log.stop();
    await log.replaceLog();
    await log.append('a', 'b', 'c');
    await rebuild(log.store(), log.database.as(), treeProjection);
    const checkpointer = await start({ events: 1, minutes: 0 });
    await until(() => checkpointer.status.state === 'forked');
    expect(said).toEqual([expect.stringContaining('NOT THE ONE THAT WAS SIGNED')]);
    expect(await sizes()).toEqual([2]);
  });
});
