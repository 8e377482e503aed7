import { join } from 'node:path';
import { type EventStoreDb, startEventStoreDb } from '../../../../test/support/eventstoredb/server';
import { NO_STREAM, StoreUnavailable } from '../event-store';
import { runChild } from '../testing/child-process';
import { event, newStream } from '../testing/event-store.contract';
import { EventStoreDbEventStore } from './eventstoredb-event-store';
import { impatient, until } from './testing/impatient';

let server: EventStoreDb;
beforeEach(async () => {
  server = await startEventStoreDb();
});
afterEach(() => server.close());

const open = (options: object = {}): EventStoreDbEventStore =>
  new EventStoreDbEventStore({ ...impatient, ...options, url: server.connectionString });

describe('closing', () => {
  it('lets the process end by itself', async () => {
    const program = join(__dirname, 'testing', 'use-and-close.ts');
    const { exitCode, lines, stderr } = await runChild(program, [server.connectionString]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(lines).toEqual([{ revision: 2, keepsAlive: [] }]);
  });

  it('is done at once where nothing was ever asked of the store', async () => {
    await server.stop();
    await open().close();
  });

  it('waits for what is under way no longer than for an answer', async () => {
    const store = open();
    server.faults.on('batchAppend', { kind: 'silence', committed: true });
    const failing = store.append(newStream(), NO_STREAM, [event()]).catch((error: unknown) => error);
    await until(() => server.calls.batchAppend > 0);
    await store.close();
    const reason = await failing;
    expect(reason).toBeInstanceOf(StoreUnavailable);
    expect(reason).toMatchObject({ message: expect.stringContaining('was written is not known') });
  });

  it('answers what was under way before', async () => {
    const store = open();
    server.faults.on('batchAppend', { kind: 'delay', ms: 100 });
    server.faults.on('read', { kind: 'delay', ms: 150 });
    const asking = Promise.all([store.append(newStream(), NO_STREAM, [event()]), store.head()]);
    await until(() => server.calls.batchAppend > 0 && server.calls.read > 0);
    await store.close();
    const [{ revision, position }, head] = await asking;
    expect({ revision, head }).toEqual({ revision: 0, head: position });
  });
});
