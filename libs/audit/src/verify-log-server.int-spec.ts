import { randomUUID } from 'node:crypto';
import { type EventStoreDb, startEventStoreDb } from '../../../test/support/eventstoredb/server';
import { textMigrations } from '@connections/connection/texts';
import { migrate } from '@connections/database/migrate';
import { describeDatabases } from '@connections/database/testing/databases';
import { EventStoreDbEventStore } from '@connections/event-store/eventstoredb/eventstoredb-event-store';
import { chained, hashOf } from '@connections/event-store/hash-chain';
import { projectionMigrations } from '@connections/event-store/projection';
import { checkpointMigrations } from './checkpoints.tables';
import { Checkpoints } from './checkpoints';
import { type AuditedLog, openAuditedLog } from './testing/audited-log';
import { verifyLog } from './verify-log';

describeDatabases('a verification of a log on a server', (databases) => {
  let log: AuditedLog;
  let server: EventStoreDb;
  let store: EventStoreDbEventStore;
  beforeEach(async () => {
    log = await openAuditedLog(databases);
    const all = { ...projectionMigrations, ...checkpointMigrations, ...textMigrations };
    await migrate(log.database.as<never>().writer, all);
    log.keys.create('log.example');
    server = await startEventStoreDb();
    store = new EventStoreDbEventStore({ url: server.connectionString });
  });
  afterEach(async () => {
    await log.stop();
    await store.close();
    await server.close();
    await log.close();
  });

  /** Alternating events of two streams, all containing the number 7, signed. */
  async function history(): Promise<void> {
    const ends = new Map<string, string | null>();
    for (let number = 0; number < 10; number += 1) {
      const stream = `connection-${number % 2}`;
      const revision = Math.floor(number / 2);
      const plain = { id: randomUUID(), type: 'Noted', data: { note: 'number 7' }, metadata: {} };
      const event = chained(plain, stream, revision, ends.get(stream) ?? null);
      await store.append(stream, revision - 1, [event]);
      ends.set(stream, hashOf(event));
      server.writeSystemEvents(3);
    }
    const projector = log.projector(store);
    await projector.start();
    expect(await projector.reached(await store.head(), 20_000)).toBe(true);
    await new Checkpoints(log.database.as(), store, log.tree, projector, log.keys).sign();
    await log.stop();
  }
  const verify = () => verifyLog(store, log.database.as());

  it('finds it whole', async () => {
    await history();
    expect(await verify()).toMatchObject({ fault: null, size: 10, events: 10, checkpoints: 1, signed: 10 });
  });

  it('names the event of which one byte is another', async () => {
    await history();
    const stored = server.log().find(({ stream, revision }) => stream === 'connection-1' && revision === 2n);
    const bytes = stored?.data ?? Buffer.alloc(0);
    bytes[bytes.indexOf('7'.charCodeAt(0))] = '8'.charCodeAt(0);
    expect((await verify()).fault).toMatchObject({ code: 'changed', event: 'connection-1@2', index: 5 });
  });

  it('names what the server itself has written into a stream that was deleted', async () => {
    await history();
    server.tombstone('connection-1');
    const { fault } = await verify();
    expect(fault).toMatchObject({ code: 'inserted', index: 10 });
    expect(fault?.why).toMatch(/^connection-1@\d+ carries no hash/);
  });
});
