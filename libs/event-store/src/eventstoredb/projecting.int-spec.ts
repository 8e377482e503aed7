import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { type EventStoreDb, startEventStoreDb } from '../../../../test/support/eventstoredb/server';
import type { Database } from '@connections/database/database';
import { migrate } from '@connections/database/migrate';
import { openSqliteDatabase } from '@connections/database/sqlite-database';
import { temporaryFolder } from '../../../../test/support/temporary-folder';
import { NO_STREAM } from '../event-store';
import type { LeaseTables } from '../lease';
import { type Projection, projectionMigrations, type ProjectionTables } from '../projection';
import { Projector } from '../projector';
import { verifyProjection } from '../verify-projection';
import { event, newStream } from '../testing/event-store.contract';
import { EventStoreDbEventStore } from './eventstoredb-event-store';
import { impatient, until } from './testing/impatient';

const nothing: Projection = {
  name: 'nothing',
  version: 1,
  async create(database, table) {
    await database.schema
      .createTable(table)
      .addColumn('id', 'text', (column) => column.primaryKey())
      .execute();
  },
  changes: () => ({ add: () => undefined, writeTo: async () => undefined }),
};

describe('a projection of a log that others write to as well', () => {
  const folder = temporaryFolder();
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  let server: EventStoreDb;
  let database: Database<ProjectionTables & LeaseTables>;
  beforeEach(async () => {
    server = await startEventStoreDb();
    database = openSqliteDatabase(join(folder.path, 'projections.sqlite'));
    await migrate(database.writer as unknown as Kysely<never>, projectionMigrations);
  });
  afterEach(async () => {
    await database.close();
    await server.close();
    folder.remove();
  });

  /** Runs a projector with a fresh store until the condition holds. */
  async function projecting(condition: (projector: Projector) => boolean): Promise<Projector['status']> {
    const store = new EventStoreDbEventStore({ ...impatient, url: server.connectionString });
    const projector = new Projector(store, database, nothing, log);
    await projector.start();
    await until(() => condition(projector));
    const { status } = projector;
    await projector.stop();
    await store.close();
    return status;
  }

  it('goes on after a restart from behind what others wrote', async () => {
    const store = new EventStoreDbEventStore({ ...impatient, url: server.connectionString });
    const { position } = await store.append(newStream(), NO_STREAM, [event()]);
    await store.close();
    server.writeSystemEvents(3_000);
    const before = await projecting(({ status }) => status.position > position && status.state === 'running');
    const after = await projecting(({ status }) => status.state !== 'starting');
    expect(after).toMatchObject({ state: 'running', problem: null });
    expect(after.position >= before.position).toBe(true);
  });

  it('is compared with the log although it has come further than to the last event of ours', async () => {
    const store = new EventStoreDbEventStore({ ...impatient, url: server.connectionString });
    const { position } = await store.append(newStream(), NO_STREAM, [event()]);
    server.writeSystemEvents(3_000);
    await projecting(({ status }) => status.position > position && status.state === 'running');
    const scratch = openSqliteDatabase<unknown>(join(folder.path, 'scratch.sqlite'));
    try {
      expect(await verifyProjection(store, database.as(), nothing, scratch)).toMatchObject({ events: 1 });
    } finally {
      await scratch.close();
      await store.close();
    }
  });
});
