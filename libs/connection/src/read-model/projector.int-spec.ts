import type { Kysely } from 'kysely';
import { textOf } from '@connections/database/dialect';
import { describeDatabases } from '@connections/database/testing/databases';
import type { EventStore, RecordedEvent } from '@connections/event-store/event-store';
import type { Projection } from '@connections/event-store/projection';
import type { Projector } from '@connections/event-store/projector';
import { rebuild } from '@connections/event-store/rebuild';
import { type Attempt, openReadModel, type ReadModelUnderTest, streamOfPair } from '../testing/read-model';
import { connectionsProjection } from './connections.projection';

const { version } = connectionsProjection;
const NEXT = version + 1;

const handshakes = (...connections: number[]): Attempt[] =>
  connections.flatMap((connection) => [
    { connection, step: 'create' },
    { connection, step: 'activate' },
  ]);

/** The projection, recording the events that it was given. */
function watched(projection: Projection = connectionsProjection): Projection & { given: RecordedEvent[] } {
  const given: RecordedEvent[] = [];
  return {
    ...projection,
    given,
    changes: () => {
      const changes = projection.changes();
      return {
        add(events) {
          given.push(...events);
          changes.add(events);
        },
        writeTo: (tx, table) => changes.writeTo(tx, table),
      };
    },
  };
}

/** Polls for something that raises no event. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}

describeDatabases('a projector', (databases) => {
  let model: ReadModelUnderTest;
  beforeEach(async () => {
    model = await openReadModel(databases);
  });
  afterEach(() => model.close());

  const hasTheLog = async (): Promise<void> => expect(await model.rows()).toEqual(await model.rowsByTheLog());
  const faulted = (projector: Projector) => until(() => projector.status.state === 'faulted');

  describe('follows the log', () => {
    it('from the beginning to what is written now', async () => {
      await model.play(handshakes(1, 2));
      const projector = model.projector();
      await projector.start();
      expect(await model.caughtUp(projector)).toBe(true);
      await hasTheLog();
      await model.play([...handshakes(3), { connection: 1, step: 'deactivate' }]);
      expect(await model.caughtUp(projector)).toBe(true);
      await hasTheLog();
      const head = await model.store.head();
      expect(projector.status).toEqual({ name: 'connections', state: 'running', position: head, problem: null });
      expect(await model.checkpoint()).toEqual({
        name: 'connections',
        version,
        generation: 1,
        position: head,
        fault: null,
      });
    });

    it('from an empty log on', async () => {
      const projector = model.projector();
      await projector.start();
      expect(await model.rows()).toEqual([]);
      await model.play(handshakes(1));
      expect(await model.caughtUp(projector)).toBe(true);
      await hasTheLog();
    });

    it('from its checkpoint on after a restart', async () => {
      await model.play(handshakes(1));
      const before = model.projector();
      await before.start();
      await model.caughtUp(before);
      await before.stop();
      expect(before.status.state).toBe('stopped');

      await model.play(handshakes(2));
      const projection = watched();
      const after = model.projector({ projection });
      await after.start();
      await model.caughtUp(after);
      expect(projection.given.map(({ stream, revision }) => [stream, revision])).toEqual([
        [streamOfPair(2), 0],
        [streamOfPair(2), 1],
      ]);
      await hasTheLog();
    });

    it('and tells what can be read already, while a log that does not answer cannot be followed', async () => {
      await model.play(handshakes(1));
      const first = model.projector();
      await first.start();
      await model.caughtUp(first);
      await first.stop();

      const head = await model.store.head();
      const silence = Promise.withResolvers<string>();
      const store: EventStore = Object.create(model.store, { head: { value: () => silence.promise } });
      const second = model.projector({ store });
      await second.start();
      expect(await second.reached(head, 20_000)).toBe(true);
      silence.resolve(head);
    });

    it('past events of other streams, which are no affair of its own', async () => {
      await model.store.append('invoice-1', -1, [
        { id: '00000000-0000-4000-8000-000000000001', type: 'InvoiceSent', data: {}, metadata: {} },
      ]);
      await model.play(handshakes(1));
      const projector = model.projector();
      await projector.start();
      expect(await model.caughtUp(projector)).toBe(true);
      await hasTheLog();
    });

    it('and tells those who wait when they can see what they wrote', async () => {
      const projector = model.projector();
      await projector.start();
      await model.play(handshakes(1));
      expect(await projector.reached(await model.store.head(), 20_000)).toBe(true);
      expect(await model.rows()).toMatchObject([{ status: 'active' }]);
    });

    it('and tells those who wait when their time is over, or it is stopped', async () => {
      const projector = model.projector();
      await projector.start();
      expect(await projector.reached('9999999999999999', 1)).toBe(false);
      const waiting = projector.reached('9999999999999999', 20_000);
      await projector.stop();
      expect(await waiting).toBe(false);
      expect(await projector.reached('9999999999999999', 20_000)).toBe(false);
    });

    it('into a table with commitments, where the first version had made one with names', async () => {
      await model.play(handshakes(1, 2));
      const text = textOf(model.database.reader);
      const names = ['id', 'name', 'created_position', 'status', 'updated_at'];
      await names
        .reduce((table, name) => table.addColumn(name, text), model.database.writer.schema.createTable('connections'))
        .execute();
      const row = { name: 'connections', version: 1, generation: 1, position: await model.store.head(), fault: null };
      await model.database.writer.insertInto('projections').values(row).execute();
      const projector = model.projector();
      await projector.start();
      await model.caughtUp(projector);
      await hasTheLog();
      expect((await model.rows()).map((it) => [it.name, it.name_commitment !== null])).toEqual([
        [null, true],
        [null, true],
      ]);
    });

    it('into a table of a new form, when the projection has a new version', async () => {
      await model.play(handshakes(1));
      const old = model.projector();
      await old.start();
      await model.caughtUp(old);
      await old.stop();
      await model.database.writer.updateTable('connections').set({ name: 'as the old version had it' }).execute();

      const projector = model.projector({ projection: { ...connectionsProjection, version: NEXT } });
      await projector.start();
      await model.caughtUp(projector);
      await hasTheLog();
      expect(await model.checkpoint()).toMatchObject({ version: NEXT, generation: 2 });
    });
  });

  describe('stands still at an event that it cannot project', () => {
    const unprojectable: readonly (readonly [string, Parameters<ReadModelUnderTest['appendRaw']>[1]])[] = [
      ['of an unknown type', { type: 'ConnectionRenamed', metadata: { 'schema-version': 1 } }],
      ['of an unknown version', { type: 'ConnectionActivated', metadata: { 'schema-version': 2 } }],
      ['without an actor', { type: 'ConnectionActivated', metadata: { 'schema-version': 1 } }],
    ];
    let bad: RecordedEvent;

    /** Two connections, a bad event on the second, and a third connection that must not become visible. */
    const history = async (event: Parameters<ReadModelUnderTest['appendRaw']>[1]): Promise<void> => {
      await model.play(handshakes(1, 2));
      bad = await model.appendRaw(2, event);
      await model.play(handshakes(3));
    };
    const standsStill = async (projector: Projector): Promise<void> => {
      await faulted(projector);
      const where = `${bad.stream}@${bad.revision}`;
      expect(projector.status.problem).toContain(where);
      expect(projector.status.position).toBe('0000000000000004');
      expect(await model.rows()).toHaveLength(2);
      expect(await model.rows()).toMatchObject([{ revision: 1 }, { revision: 1 }]);
      const checkpoint = await model.checkpoint();
      expect(checkpoint?.position).toBe('0000000000000004');
      expect(checkpoint?.fault).toContain(where);
      expect(model.lines.filter(({ level }) => level === 'error')).toEqual([
        expect.objectContaining({
          fields: expect.objectContaining({ projection: 'connections', stream: bad.stream, revision: bad.revision }),
        }),
      ]);
    };

    it.each(unprojectable)('%s, with everything before it projected and nothing after it', async (_, event) => {
      const projector = model.projector();
      await projector.start();
      await history(event);
      await standsStill(projector);
      await model.play(handshakes(4));
      expect(await projector.reached(await model.store.head(), 20_000)).toBe(false);
      expect(await model.rows()).toHaveLength(2);
    });

    it('when it is there from the very beginning', async () => {
      await history(unprojectable[0]![1]);
      const projector = model.projector();
      await projector.start();
      await standsStill(projector);
    });

    it('and tells those who wait for it that they will not see it', async () => {
      const projector = model.projector();
      await projector.start();
      const waiting = projector.reached('0000000000000007', 20_000);
      await history(unprojectable[0]![1]);
      expect(await waiting).toBe(false);
    });

    it('and again after a restart, as long as nobody knows better', async () => {
      const first = model.projector();
      await first.start();
      await history(unprojectable[0]![1]);
      await faulted(first);
      await first.stop();
      model.lines.length = 0;
      const second = model.projector();
      await second.start();
      await standsStill(second);
    });

    it('and goes on by itself once somebody has rebuilt what it could not continue', async () => {
      await model.play(handshakes(1));
      const projector = model.projector();
      await projector.start();
      expect(await model.caughtUp(projector)).toBe(true);
      // Without its row, the next event of that connection cannot be projected.
      await model.database.writer.deleteFrom('connections').execute();
      await model.play([{ connection: 1, step: 'deactivate' }]);
      await faulted(projector);
      await rebuild(model.store, model.database.as(), connectionsProjection);
      await until(() => projector.status.state === 'running');
      await model.play(handshakes(2));
      expect(await model.caughtUp(projector)).toBe(true);
      await hasTheLog();
    });

    it('the first of them, where there are several in one batch', async () => {
      await model.play(handshakes(1));
      const first = model.projector();
      await first.start();
      expect(await model.caughtUp(first)).toBe(true);
      await first.stop();
      await model.database.writer.deleteFrom('connections').execute();
      await model.play([{ connection: 1, step: 'deactivate' }]);
      // This one is met first, since events are decoded before any row is read.
      await model.appendRaw(2, unprojectable[0]![1]);
      const projector = model.projector();
      await projector.start();
      await faulted(projector);
      expect(projector.status.problem).toContain(`${streamOfPair(1)}@2`);
      expect(projector.status.position).toBe('0000000000000002');
    });

    it('and goes on from there once the code knows it', async () => {
      const first = model.projector();
      await first.start();
      await history(unprojectable[0]![1]);
      await faulted(first);
      await first.stop();

      const knowing: Projection = {
        ...connectionsProjection,
        changes: () => {
          const changes = connectionsProjection.changes();
          return {
            add: (events) => changes.add(events.filter(({ type }) => type !== 'ConnectionRenamed')),
            writeTo: (tx, table) => changes.writeTo(tx, table),
          };
        },
      };
      const second = model.projector({ projection: knowing });
      await second.start();
      expect(await model.caughtUp(second)).toBe(true);
      expect(second.status).toMatchObject({ state: 'running', problem: null });
      expect(await model.rows()).toHaveLength(3);
      expect((await model.checkpoint())?.fault).toBeNull();
    });

    it('with the old table in place, when that is of an older form', async () => {
      const old = model.projector();
      await old.start();
      await history(unprojectable[0]![1]);
      await faulted(old);
      await old.stop();
      const projector = model.projector({ projection: { ...connectionsProjection, version: NEXT } });
      await projector.start();
      await faulted(projector);
      expect(projector.status.problem).toContain(`${bad.stream}@${bad.revision}`);
      expect(await model.rows()).toHaveLength(2);
      expect(await model.checkpoint()).toMatchObject({ version, generation: 1 });
      expect((await model.checkpoint())?.fault).toContain(`${bad.stream}@${bad.revision}`);
    });
  });

  it('tries again after a fault that passes, and loses nothing', async () => {
    let faults = 2;
    const projection: Projection = {
      ...connectionsProjection,
      changes: () => {
        const changes = connectionsProjection.changes();
        return {
          add: (events) => changes.add(events),
          async writeTo(tx, table) {
            await changes.writeTo(tx, table);
            if (faults-- > 0) throw new Error('the database went away');
          },
        };
      },
    };
    const projector = model.projector({ projection });
    await projector.start();
    await model.play(handshakes(1, 2));
    await until(() => projector.status.state === 'retrying');
    expect(projector.status.problem).toBe('the database went away');
    expect(await model.caughtUp(projector)).toBe(true);
    expect(projector.status).toMatchObject({ state: 'running', problem: null });
    await hasTheLog();
    expect(model.lines.filter(({ level }) => level === 'warn')).toHaveLength(2);
  });

  it('says so when the log is an older copy than its read model, and goes on once that is rebuilt', async () => {
    const before = await openReadModel(databases);
    try {
      await before.play(handshakes(1));
      await model.play(handshakes(1, 2, 3));
      const first = model.projector();
      await first.start();
      await model.caughtUp(first);
      await first.stop();

      const second = model.projector({ store: before.store });
      await second.start();
      await until(() => second.status.state === 'retrying');
      expect(second.status.problem).toMatch(/ahead of the log .*older copy/);
      expect(await model.rows()).toHaveLength(3);

      await rebuild(before.store, model.database.as(), connectionsProjection);
      await until(() => second.status.state === 'running');
      expect(second.status.position).toBe(await before.store.head());
      expect(await model.rows()).toEqual(await model.rowsByTheLog(before.store));
    } finally {
      await model.close();
      await before.close();
      model = await openReadModel(databases);
    }
  });

  describe('beside another one on the same database', () => {
    it('loses no row and doubles none', async () => {
      await model.play(handshakes(1, 2, 3));
      const projections = [watched(), watched()];
      const projectors = projections.map((projection) => model.projector({ projection }));
      await Promise.all(projectors.map((projector) => projector.start()));
      for (let connection = 10; connection < 40; connection += 1) await model.play(handshakes(connection));
      for (const projector of projectors) expect(await model.caughtUp(projector)).toBe(true);
      await hasTheLog();
      for (const projector of projectors) expect(projector.status).toMatchObject({ state: 'running', problem: null });
    });

    it('writes nothing when the other has moved the checkpoint', async () => {
      const one = model.projector();
      await one.start();
      await model.play(handshakes(1));
      await model.caughtUp(one);
      // Suspended in the middle of a batch, this projector resumes when the other has gone on.
      let wake: () => void = () => undefined;
      const asleep = new Promise<void>((resolve) => (wake = resolve));
      const late = {
        ...model.store,
        head: () => model.store.head(),
        subscribe: async function* (options: Parameters<typeof model.store.subscribe>[0]) {
          for await (const batch of model.store.subscribe(options)) {
            await asleep;
            yield batch;
          }
        },
      };
      const projection = watched();
      const other = model.projector({ projection, store: late as unknown as typeof model.store });
      await other.start();
      await model.play(handshakes(2));
      await model.caughtUp(one);
      const waiting = other.reached(await model.store.head(), 20_000);
      wake();
      // The waiter is told, although the other projector did the work.
      expect(await waiting).toBe(true);
      expect(projection.given).toEqual([]);
      await hasTheLog();
    });

    it('goes on after somebody else has rebuilt the table', async () => {
      const projector = model.projector();
      await projector.start();
      await model.play(handshakes(1, 2));
      await model.caughtUp(projector);
      await rebuild(model.store, model.database.as(), connectionsProjection);
      await model.play(handshakes(3));
      expect(await model.caughtUp(projector)).toBe(true);
      await hasTheLog();
      expect(projector.status).toMatchObject({ state: 'running', problem: null });
      expect(await model.checkpoint()).toMatchObject({ generation: 2, position: await model.store.head() });
    });

    it('writes nothing more once another version of the service has taken over', async () => {
      const projection = watched();
      const old = model.projector({ projection });
      await old.start();
      await model.play(handshakes(1));
      await model.caughtUp(old);
      const renewed = { ...connectionsProjection, version: NEXT };
      await rebuild(model.store, model.database.as(), renewed);
      projection.given.length = 0;
      await model.play(handshakes(2));
      await until(() => old.status.state === 'retrying');
      expect(old.status.problem).toContain(`version ${NEXT} by now, and this process knows ${version}`);
      expect(projection.given).toEqual([]);

      const successor = model.projector({ projection: renewed });
      await successor.start();
      await model.caughtUp(successor);
      await hasTheLog();
    });

    it('follows into the rebuilt table without a gap while connections are being made', async () => {
      const projector = model.projector();
      await projector.start();
      for (let connection = 1; connection <= 40; connection += 1) {
        await model.play(handshakes(connection));
        if (connection % 10 === 0) await rebuild(model.store, model.database.as(), connectionsProjection);
      }
      expect(await model.caughtUp(projector)).toBe(true);
      await hasTheLog();
    });
  });

  it('takes a table of its own name alone', async () => {
    const projector = model.projector();
    await projector.start();
    const untyped = model.database as unknown as { reader: Kysely<Record<string, object>> };
    await expect(untyped.reader.selectFrom('connections_next').selectAll().execute()).rejects.toThrow(
      /no such table|does not exist/,
    );
    expect(await model.checkpoint('connections_next')).toBeUndefined();
  });
});
