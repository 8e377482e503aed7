import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import type { Database, Durability } from '@connections/database/database';
import { migrate } from '@connections/database/migrate';
import { describeDatabases } from '@connections/database/testing/databases';
import { DatabaseUnavailable } from '@connections/database/unusable';
import { temporaryFolder } from '../../../test/support/temporary-folder';
import type { EventStore, EventToAppend, SubscribeOptions } from './event-store';
import { type Projection, projectionMigrations, type ProjectionTables, Unprojectable } from './projection';
import { rebuild, RebuildOvertaken } from './rebuild';
import { SqliteEventStore } from './sqlite/sqlite-event-store';

const happened = (): EventToAppend => ({ id: randomUUID(), type: 'Happened', data: {}, metadata: {} });

/** Records which streams it saw. */
const streams: Projection = {
  name: 'streams',
  version: 1,
  async create(database, table) {
    await database.schema
      .createTable(table)
      .addColumn('stream', 'text', (column) => column.primaryKey())
      .execute();
  },
  changes: () => {
    const seen = new Set<string>();
    return {
      add: (events) => events.forEach(({ stream }) => seen.add(stream)),
      async writeTo(tx, table) {
        for (const stream of seen) {
          await sql`insert into ${sql.table(table)} values (${stream}) on conflict do nothing`.execute(tx);
        }
      },
    };
  },
};

describeDatabases('a rebuild', (databases) => {
  const folder = temporaryFolder();
  let store: EventStore;
  let database: Database<ProjectionTables>;

  beforeEach(async () => {
    store = new SqliteEventStore(join(folder.path, `${randomUUID()}.sqlite`));
    database = await databases.open();
    await migrate(database.writer as unknown as Kysely<never>, projectionMigrations);
    for (const stream of ['one', 'two']) {
      await store.append(stream, -1, [happened()]);
    }
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await store.close();
    await database.close();
  });
  afterAll(() => folder.remove());

  const seen = async (): Promise<string[]> =>
    (await sql<{ stream: string }>`select stream from streams order by stream`.execute(database.reader)).rows.map(
      (row) => row.stream,
    );
  /** The names of the indexes that a projection asked for. */
  const indexes = async (): Promise<string[]> => {
    const { rows } = await (
      database.engine.name === 'sqlite'
        ? sql<{ name: string }>`select name from sqlite_schema where type = 'index' and tbl_name = 'streams'`
        : sql<{ name: string }>`select indexname as name from pg_indexes where tablename = 'streams'`
    ).execute(database.reader);
    return rows.map(({ name }) => name).filter((name) => name.startsWith('streams_') && !name.includes('pkey'));
  };
  const checkpoints = (): Promise<ProjectionTables['projections'][]> =>
    database.reader.selectFrom('projections').selectAll().execute();

  it('that is interrupted leaves the table in use as it was, and nothing else behind', async () => {
    await rebuild(store, database, streams);
    const before = await checkpoints();
    const interruption = new AbortController();
    const interrupted = rebuild(store, database, streams, {
      signal: interruption.signal,
      onProgress: () => interruption.abort(),
    });
    await expect(interrupted).rejects.toThrow('aborted');
    expect(await seen()).toEqual(['one', 'two']);
    expect(await checkpoints()).toEqual(before);
    const tables = await database.reader.introspection.getTables();
    expect(tables.map((table) => table.name)).not.toContain('streams_next');
  });

  /** The log, one event at a time, with a callback before each. */
  const eventByEvent = (before: () => Promise<void>): EventStore =>
    Object.create(store, {
      head: { value: store.head.bind(store) },
      distance: { value: store.distance.bind(store) },
      subscribe: {
        value: async function* (options: SubscribeOptions) {
          for await (const batch of store.subscribe({ ...options, batchSize: 1 })) {
            await before();
            yield batch;
          }
        },
      },
    }) as EventStore;

  it.each([false, true])(
    'that was overtaken does not judge events, whether it gives way or not (%s)',
    async (givesWay) => {
      const refused = new Error('nobody knows it');
      const unknowing: Projection = {
        ...streams,
        changes: () => ({
          ...streams.changes(),
          add: (events) => {
            const unknown = events.find(({ stream }) => stream === 'one');
            if (unknown) throw new Unprojectable(unknown, refused);
          },
        }),
      };
      await expect(rebuild(store, database, unknowing, { givesWay })).rejects.toThrow(Unprojectable);
      // Overtaking a rebuild gives its row another generation.
      const overtaking = eventByEvent(async () => {
        await database.writer
          .updateTable('projections')
          .set({ generation: 99 })
          .where('name', '=', 'streams_next')
          .execute();
      });
      await expect(rebuild(overtaking, database, unknowing, { givesWay })).rejects.toThrow(RebuildOvertaken);
    },
  );

  it('shows that it lives, however slowly events come', async () => {
    for (const stream of ['three', 'four', 'five']) await store.append(stream, -1, [happened()]);
    let now = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => (now += 60));
    const shown = new Set<string | undefined>();
    const slow = eventByEvent(async () => {
      const row = database.reader.selectFrom('projections').select('position').where('name', '=', 'streams_next');
      shown.add((await row.executeTakeFirst())?.position);
    });
    await rebuild(slow, database, streams);
    expect(shown.size).toBeGreaterThan(2);
  });

  it('writes each change once, and keeps none for longer', async () => {
    const many = Array.from({ length: 6_000 }, happened);
    await store.append('many', -1, many);
    const gathered: string[][] = [];
    const watched: Projection = {
      ...streams,
      changes: () => {
        const [changes, own] = [streams.changes(), [] as string[]];
        gathered.push(own);
        return {
          add: (events) => {
            own.push(...events.map(({ id }) => id));
            changes.add(events);
          },
          writeTo: (tx, table) => changes.writeTo(tx, table),
        };
      },
    };
    await rebuild(store, database, watched);
    expect(gathered.flat().slice(2)).toEqual(many.map(({ id }) => id));
    expect(Math.max(...gathered.map(({ length }) => length))).toBeLessThan(3_001);
    expect(await seen()).toEqual(['many', 'one', 'two']);
  });

  it.each([false, true])('makes the indexes of each table anew, whether it gives way or not (%s)', async (givesWay) => {
    const looked: Projection = { ...streams, indexes: { backwards: ['stream'] } };
    for (const generation of [1, 2]) {
      await rebuild(store, database, looked, { givesWay });
      expect(await indexes()).toEqual([`streams_${generation}_backwards`]);
      expect(await seen()).toEqual(['one', 'two']);
    }
  });

  it('goes by the log when the read model has seen events that the log does not hold', async () => {
    await rebuild(store, database, streams);
    await database.writer.updateTable('projections').set({ position: '0000000000000009' }).execute();
    await sql`insert into streams values ('of another log')`.execute(database.writer);
    await rebuild(store, database, streams);
    expect(await seen()).toEqual(['one', 'two']);
    expect(await checkpoints()).toEqual([
      { name: 'streams', version: 1, generation: 2, position: await store.head(), fault: null },
    ]);
  });

  /** The database, with a callback around each of a rebuild's tries to replace the live table. */
  const aroundTries = (around: (nth: number, tried: () => Promise<unknown>) => Promise<unknown>): typeof database => {
    let tries = 0;
    return Object.create(database, {
      transaction: {
        value: (durability: Durability, work: (tx: Kysely<ProjectionTables>) => Promise<unknown>) => {
          const run = (): Promise<unknown> => database.transaction(durability, work);
          return durability === 'durable' ? around((tries += 1), run) : run();
        },
      },
    }) as typeof database;
  };

  it('replays what the live table has seen since it was beyond the last event', async () => {
    await rebuild(store, database, streams);
    /** Appends an event, and lets it be projected. */
    const live = async (stream: string, beyond: string): Promise<void> => {
      const { position } = await store.append(stream, -1, [happened()]);
      await sql`insert into streams values (${stream})`.execute(database.writer);
      await database.writer
        .updateTable('projections')
        .set({ position: position + beyond })
        .where('name', '=', 'streams')
        .execute();
    };
    const meanwhile = aroundTries(async (nth, tried) => {
      // If others write to the same log, the projector has seen their events as well.
      if (nth === 1) await live('three', '5');
      if (nth === 2) await live('four', '');
      return tried();
    });
    await rebuild(store, meanwhile, streams);
    expect(await seen()).toEqual(['four', 'one', 'three', 'two']);
    expect(await checkpoints()).toMatchObject([{ generation: 2, position: await store.head() }]);
  });

  it('comes to its end however fast the live table sees what others write', async () => {
    await rebuild(store, database, streams);
    const head = await store.head();
    const hopeless = new AbortController();
    const meanwhile = aroundTries(async (nth, tried) => {
      if (nth > 9) hopeless.abort();
      await database.writer
        .updateTable('projections')
        .set({ position: head + '9'.repeat(nth) })
        .where('name', '=', 'streams')
        .execute();
      return tried();
    });
    await rebuild(store, meanwhile, streams, { signal: hopeless.signal });
    expect(await seen()).toEqual(['one', 'two']);
    expect(await checkpoints()).toMatchObject([{ generation: 2, position: head }]);
  });

  it('is done when it took the place of the live table and the answer to that was lost', async () => {
    await rebuild(store, database, streams);
    const losing = aroundTries(async (nth, tried) => {
      const done = await tried();
      if (nth === 1) throw new DatabaseUnavailable('the answer was lost');
      return done;
    });
    await rebuild(store, losing, streams);
    expect(await seen()).toEqual(['one', 'two']);
    expect(await checkpoints()).toMatchObject([{ name: 'streams', generation: 2 }]);
  });

  it('of an empty log takes the place of a table from another one', async () => {
    const empty = new SqliteEventStore(join(folder.path, `${randomUUID()}.sqlite`));
    await rebuild(store, database, streams);
    await rebuild(empty, database, streams);
    expect(await seen()).toEqual([]);
    await empty.close();
  });
});
