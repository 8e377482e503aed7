import { describeDatabases } from '@connections/database/testing/databases';
import type { Kysely } from 'kysely';
import { Database } from '@connections/database/database';
import { migrate } from '@connections/database/migrate';
import { type EventStore, StoreUnavailable } from '@connections/event-store/event-store';
import { Lease, leaseMigrations, type LeaseTables } from '@connections/event-store/lease';
import { projectionMigrations } from '@connections/event-store/projection';
import { Projector } from '@connections/event-store/projector';
import { type Attempt, openReadModel, type ReadModelUnderTest } from '../testing/read-model';
import { textMigrations } from '../texts';
import { connectionsProjection } from './connections.projection';

const handshakes = (...connections: number[]): Attempt[] =>
  connections.flatMap((connection) => [
    { connection, step: 'create' },
    { connection, step: 'activate' },
  ]);

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}

describeDatabases('projectors of several processes under one lease', (databases) => {
  let model: ReadModelUnderTest;
  let projectors: Projector[];
  beforeEach(async () => {
    model = await openReadModel(databases);
    projectors = [];
    await migrate(model.database.writer as unknown as Kysely<never>, {
      ...projectionMigrations,
      ...textMigrations,
      ...leaseMigrations,
    });
  });
  afterEach(async () => {
    for (const projector of projectors) await projector.stop();
    await model.close();
  });

  const leases = () => model.database.as<LeaseTables>();
  const projectorOf = (holder: string, store: EventStore = model.store): Projector => {
    const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const lease = new Lease(leases(), 'connections', holder);
    const projector = new Projector(store, model.database.as(), connectionsProjection, quiet, lease);
    projectors.push(projector);
    return projector;
  };
  const hasTheLog = async (): Promise<void> => expect(await model.rows()).toEqual(await model.rowsByTheLog());

  it('leave the work to one, and all can tell how far it is', async () => {
    await model.play(handshakes(1));
    const [one, other] = [projectorOf('one'), projectorOf('other')];
    await Promise.all([one.start(), other.start()]);
    await model.play(handshakes(2, 3));
    expect(await model.caughtUp(one)).toBe(true);
    expect(await model.caughtUp(other)).toBe(true);
    await hasTheLog();
    await until(() => [one, other].some(({ status }) => status.state === 'standby'));
    expect([one, other].map(({ status }) => status.state).sort()).toEqual(['running', 'standby']);
    expect(one.readable && other.readable).toBe(true);
  });

  it('take over when the one that did the work is stopped', async () => {
    const [one, other] = [projectorOf('one'), projectorOf('other')];
    await one.start();
    await other.start();
    await until(() => other.status.state === 'standby');
    await one.stop();
    await model.play(handshakes(1));
    expect(await model.caughtUp(other)).toBe(true);
    expect(other.status.state).toBe('running');
    await hasTheLog();
  });

  it('leave the work to another when the store cannot be reached from where one is', async () => {
    await model.play(handshakes(1));
    const otherLooksOn = Promise.withResolvers<null>();
    let tries = 0;
    const cutOff = Object.create(model.store, {
      head: {
        value: async () => {
          tries += 1;
          await otherLooksOn.promise;
          throw new StoreUnavailable('cut off');
        },
      },
    }) as EventStore;
    const one = projectorOf('one', cutOff);
    void one.start();
    await until(() => tries === 1);
    const other = projectorOf('other');
    void other.start();
    await until(() => other.status.state === 'standby');
    otherLooksOn.resolve(null);
    await until(() => other.status.state === 'running');
    expect(await model.caughtUp(other)).toBe(true);
    expect(tries).toBe(1);
    await hasTheLog();
  });

  it('wait for a database that is away no longer than at first, once it was back', async () => {
    await projectorOf('one').start();
    let isAway = false;
    const reader = new Proxy(model.database.reader, {
      get(real, name) {
        if (isAway) throw new Error('away');
        const member: unknown = Reflect.get(real, name);
        return typeof member === 'function' ? (member.bind(real) as unknown) : member;
      },
    });
    const waits: number[] = [];
    const log = {
      info: () => undefined,
      warn: ({ retryInMs }: { retryInMs: number }) => void waits.push(retryInMs),
      error: () => undefined,
    } as never;
    const { writer, engine } = model.database;
    const lease = new Lease(leases(), 'connections', 'other');
    const other = new Projector(
      model.store,
      new Database(reader, writer, engine).as(),
      connectionsProjection,
      log,
      lease,
    );
    projectors.push(other);
    await other.start();
    for (const times of [1, 2]) {
      await until(() => other.status.state === 'standby');
      isAway = true;
      await until(() => waits.length === 2 * times);
      isAway = false;
    }
    expect(waits).toEqual([50, 100, 50, 100]);
  });

  it('take over from one that stands still, which then writes nothing any more', async () => {
    // Suspended in the middle of a batch, like a paused process.
    const [paused, asleep] = [Promise.withResolvers<null>(), Promise.withResolvers<null>()];
    const slow = Object.create(model.store, {
      head: { value: () => model.store.head() },
      subscribe: {
        value: async function* (options: Parameters<EventStore['subscribe']>[0]) {
          for await (const batch of model.store.subscribe(options)) {
            paused.resolve(null);
            await asleep.promise;
            yield batch;
          }
        },
      },
    }) as EventStore;
    const [one, other] = [projectorOf('one', slow), projectorOf('other')];
    await one.start();
    await until(() => one.status.state === 'running');
    await model.play(handshakes(1));
    await paused.promise;
    // It does not renew its lease while suspended.
    await leases().writer.updateTable('leases').set({ holder: 'other' }).execute();
    await other.start();
    expect(await model.caughtUp(other)).toBe(true);
    await hasTheLog();
    const before = await model.checkpoint();
    asleep.resolve(null);
    await until(() => one.status.state === 'standby');
    expect(await model.checkpoint()).toEqual(before);
    await model.play(handshakes(2));
    expect(await model.caughtUp(other)).toBe(true);
    await hasTheLog();
  });

  it('write nothing without the lease, even from the very checkpoint they left', async () => {
    const one = projectorOf('one');
    await one.start();
    await until(() => one.status.state === 'running');
    await leases().writer.updateTable('leases').set({ holder: 'somebody else' }).execute();
    await model.play(handshakes(1));
    await until(() => one.status.state === 'standby');
    expect(await model.rows()).toEqual([]);
  });
});
