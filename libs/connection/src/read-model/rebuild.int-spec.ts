import fc from 'fast-check';
import { sql } from 'kysely';
import { describeDatabases } from '@connections/database/testing/databases';
import type { EventStore, SubscribeOptions } from '@connections/event-store/event-store';
import { rebuild, type RebuildProgress, RebuildOvertaken } from '@connections/event-store/rebuild';
import { type Attempt, openReadModel, type ReadModelUnderTest } from '../testing/read-model';
import { connectionsProjection } from './connections.projection';

/** Polls for something that raises no event. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}

/** More events than a rebuild writes at once. */
const MANY = 3_000;
const many: Attempt[] = Array.from({ length: MANY }, (_, connection) => ({ connection, step: 'create' }));

describeDatabases('a rebuild of the connections', (databases) => {
  let model: ReadModelUnderTest;
  beforeEach(async () => {
    model = await openReadModel(databases);
  });
  afterEach(() => model.close());

  const rebuildNow = (options: Parameters<typeof rebuild>[3] = {}): Promise<RebuildProgress> =>
    rebuild(model.store, model.database.as(), connectionsProjection, options);
  /** Marks the live table, so that it differs from what a rebuild writes. */
  const markLive = async (): Promise<void> => {
    await model.database.writer.updateTable('connections').set({ name: 'live' }).execute();
  };
  const marks = async (): Promise<Set<string | null>> =>
    new Set((await model.database.reader.selectFrom('connections').select('name').execute()).map(({ name }) => name));

  it('gives the same rows as following live, to the last column, for any history', async () => {
    const attempts = fc.array(
      fc.record<Attempt>({
        connection: fc.nat({ max: 5 }),
        step: fc.constantFrom('create', 'create', 'activate', 'deactivate', 'reactivate'),
      }),
      { maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(attempts, fc.nat({ max: 20 }), async (history, first) => {
        const other = await openReadModel(databases);
        try {
          const projector = other.projector();
          await other.play(history.slice(0, first));
          await projector.start();
          await other.play(history.slice(first));
          expect(await other.caughtUp(projector)).toBe(true);
          const live = await other.rows();
          await other.database.writer.deleteFrom('connections').execute();
          await rebuild(other.store, other.database.as(), connectionsProjection);
          expect(await other.rows()).toEqual(live);
          expect(live).toEqual(await other.rowsByTheLog());
        } finally {
          await other.close();
        }
      }),
      { numRuns: 15 },
    );
  });

  it('goes on with connections of which it has written rows already', async () => {
    const steps = (['activate', 'deactivate'] as const).map((step): Attempt => ({ connection: 1, step }));
    await model.play([...many, ...steps, { connection: MANY, step: 'create' }]);
    expect(await rebuildNow()).toMatchObject({ done: MANY + 3 });
    expect(await model.rows()).toEqual(await model.rowsByTheLog());
  });

  it('leaves the old rows to readers until the new ones are ready', async () => {
    await model.play(many);
    await rebuildNow();
    await markLive();
    const seen: Set<string | null>[] = [];
    const reading: Promise<unknown>[] = [];
    await rebuildNow({ onProgress: () => void reading.push(marks().then((found) => seen.push(found))) });
    await Promise.all(reading);
    expect(seen[0]).toEqual(new Set(['live']));
    expect(await marks()).not.toContain('live');
    expect(await model.rows()).toEqual(await model.rowsByTheLog());
  });

  it('tells how far it is, up to the end', async () => {
    await model.play(many);
    const progress: RebuildProgress[] = [];
    progress.push(await rebuildNow({ onProgress: (now) => progress.push(now) }));
    expect(progress.length).toBeGreaterThanOrEqual(3);
    const done = progress.map((now) => now.done);
    expect(done).toEqual([...done].sort((one, other) => one - other));
    for (const now of progress) {
      expect(now.total).toBe(MANY);
      expect(now.done).toBeLessThanOrEqual(now.total);
      expect(now.rate).toBeGreaterThan(0);
      expect(now.secondsLeft).toBeGreaterThanOrEqual(0);
      expect(Number.isInteger(now.secondsLeft)).toBe(true);
    }
    expect(progress.at(-1)).toMatchObject({ done: MANY, total: MANY, secondsLeft: 0 });
  });

  it('tells how much it did to whoever did not ask on the way', async () => {
    await model.play(many);
    expect(await rebuildNow()).toMatchObject({ done: MANY, total: MANY });
  });

  it('of an empty log is an empty table', async () => {
    expect(await rebuildNow()).toMatchObject({ done: 0, total: 0, secondsLeft: 0 });
    expect(await model.rows()).toEqual([]);
  });

  it('loses nothing that is written while it runs: whoever follows goes on from where it ended', async () => {
    await model.play(many);
    let writing: Promise<void> | undefined;
    const last = await rebuildNow({
      onProgress: () => void (writing ??= model.play([{ connection: 1, step: 'activate' }])),
    });
    await writing;
    const projector = model.projector();
    await projector.start();
    await model.caughtUp(projector);
    expect(last.done).toBeLessThanOrEqual(last.total);
    expect(await model.rows()).toEqual(await model.rowsByTheLog());
  });

  it('never takes the place of a live table that has seen more', async () => {
    await model.play(many.slice(0, 10));
    const then = await model.store.head();
    await model.play(many.slice(10, 20));
    const projector = model.projector();
    await projector.start();
    await model.caughtUp(projector);
    // At first the log seems to end earlier to this rebuild, as if events came at the very last moment.
    let looks = 0;
    const late = {
      distance: model.store.distance.bind(model.store),
      head: async () => ((looks += 1) <= 2 ? then : model.store.head()),
      subscribe: (options: Parameters<typeof model.store.subscribe>[0]) =>
        model.store.subscribe({ ...options, batchSize: 1 }),
    };
    await rebuild(late as unknown as typeof model.store, model.database.as(), connectionsProjection);
    expect(await model.rows()).toHaveLength(20);
    expect(await model.rows()).toEqual(await model.rowsByTheLog());
    expect(await model.checkpoint()).toMatchObject({ position: await model.store.head(), generation: 2 });
  });

  it('that is interrupted leaves the live table as it was, and can be done again', async () => {
    await model.play(many);
    const projector = model.projector();
    await projector.start();
    await markLive();
    const interruption = new AbortController();
    const before = await model.checkpoint();
    await expect(
      rebuildNow({ signal: interruption.signal, onProgress: () => interruption.abort() }),
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(await marks()).toEqual(new Set(['live']));
    expect(await model.checkpoint()).toEqual(before);
    expect(await model.tables()).not.toContain('connections_next');

    await model.play([{ connection: 1, step: 'activate' }]);
    expect(await model.caughtUp(projector)).toBe(true);
    await rebuildNow();
    expect(await model.rows()).toEqual(await model.rowsByTheLog());
  });

  it('that meets an event it cannot project leaves the live table as it was', async () => {
    await model.play(many);
    await rebuildNow();
    await markLive();
    const before = await model.checkpoint();
    await model.appendRaw(1, { type: 'ConnectionRenamed' });
    await expect(rebuildNow()).rejects.toThrow(/@1 \(ConnectionRenamed\) cannot be projected/);
    expect(await marks()).toEqual(new Set(['live']));
    expect(await model.checkpoint()).toEqual(before);
    expect(await model.tables()).not.toContain('connections_next');
  });

  it('waits for somebody who reads the live table for long, and holds nobody else up meanwhile', async () => {
    await model.play(many.slice(0, 10));
    await rebuildNow();
    await markLive();
    const reading = Promise.withResolvers<undefined>();
    const backup = model.database.reader.connection().execute(async (connection) => {
      await sql`begin`.execute(connection);
      const seen = await connection.selectFrom('connections').select('name').execute();
      reading.resolve(undefined);
      await ended.promise;
      await sql`commit`.execute(connection);
      return seen;
    });
    const ended = Promise.withResolvers<undefined>();
    await reading.promise;
    let isDone = false;
    const rebuilding = rebuildNow().then(() => (isDone = true));
    // On SQLite, a reader blocks nobody.
    const isHeldUp = databases.engine === 'postgres';
    const waits = async (): Promise<boolean> => {
      const locks = sql`select 1 from pg_locks where not granted`;
      return (await locks.execute(model.database.reader)).rows.length > 0;
    };
    if (isHeldUp) {
      await until(waits);
      expect(await marks()).toEqual(new Set(['live']));
      await until(async () => !(await waits()));
      expect(isDone).toBe(false);
    }
    ended.resolve(undefined);
    expect(await backup).toHaveLength(10);
    await rebuilding;
    expect(await model.rows()).toEqual(await model.rowsByTheLog());
  });

  it('that was killed is no hindrance to the next one', async () => {
    await model.play(many.slice(0, 10));
    // What a killed rebuild leaves behind.
    await connectionsProjection.create(model.database.as<unknown>().writer, 'connections_next', 1);
    await model.database.writer
      .insertInto('projections')
      .values({ name: 'connections_next', version: 1, generation: 1, position: '0000000000000007', fault: null })
      .execute();
    await rebuildNow();
    expect(await model.rows()).toEqual(await model.rowsByTheLog());
    expect(await model.checkpoint('connections_next')).toBeUndefined();
  });

  it.each([2, 4])('is done well when %i are started at once, by one of them or by all', async (count) => {
    await model.play(many);
    const projector = model.projector();
    await projector.start();
    const results = await Promise.allSettled(Array.from({ length: count }, () => rebuildNow()));
    expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(RebuildOvertaken);
    }
    expect(await model.rows()).toEqual(await model.rowsByTheLog());
    expect(await model.tables()).not.toContain('connections_next');
    expect(await model.checkpoint('connections_next')).toBeUndefined();
    await model.play([{ connection: 7, step: 'activate' }]);
    expect(await model.caughtUp(projector)).toBe(true);
    expect(await model.rows()).toEqual(await model.rowsByTheLog());
  });

  it('gives way, or the other one does, when another is started in the middle of it', async () => {
    await model.play(many);
    let second: Promise<PromiseSettledResult<RebuildProgress>[]> | undefined;
    const [first] = await Promise.allSettled([
      rebuildNow({ onProgress: () => void (second ??= Promise.allSettled([rebuildNow()])) }),
    ]);
    const results = [first, ...((await second) ?? [])];
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: expect.any(RebuildOvertaken) as Error,
    });
    expect(await model.rows()).toEqual(await model.rowsByTheLog());
  });

  it('never goes on in the table of another that is just as far', async () => {
    await model.play(many);
    const paused = (): { store: EventStore; goOn: () => void; waits: Promise<null> } => {
      const [gate, reached] = [Promise.withResolvers<null>(), Promise.withResolvers<null>()];
      const store = Object.create(model.store, {
        subscribe: {
          value: async function* (options: SubscribeOptions) {
            for await (const batch of model.store.subscribe({ ...options, batchSize: 1_000 })) {
              yield batch;
              reached.resolve(null);
              await gate.promise;
            }
          },
        },
        head: { value: () => model.store.head() },
        distance: { value: (...range: [string, string]) => model.store.distance(...range) },
      }) as EventStore;
      return { store, goOn: () => gate.resolve(null), waits: reached.promise };
    };
    const [first, second] = [paused(), paused()];
    const overtaken = expect(rebuild(first.store, model.database.as(), connectionsProjection)).rejects.toThrow(
      RebuildOvertaken,
    );
    await first.waits;
    const done = rebuild(second.store, model.database.as(), connectionsProjection);
    await second.waits;
    first.goOn();
    await overtaken;
    second.goOn();
    expect(await done).toMatchObject({ done: MANY });
    expect(await model.rows()).toEqual(await model.rowsByTheLog());
  });
});
