import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import type { Fault } from '../../../../test/support/eventstoredb/faults';
import { startEventStoreDbProcess } from '../../../../test/support/eventstoredb/process';
import { type EventStoreDb, startEventStoreDb } from '../../../../test/support/eventstoredb/server';
import { temporaryFolder } from '../../../../test/support/temporary-folder';
import { AppendTooLarge, type JsonObject, NO_STREAM, StoreUnavailable, WrongExpectedRevision } from '../event-store';
import { all, event, events, follow, newStream } from '../testing/event-store.contract';
import { EventStoreDbEventStore } from './eventstoredb-event-store';
import { impatient, until } from './testing/impatient';
import { LeakyPipe } from './testing/leaky-pipe';

describe.each([
  ['takes batches', true],
  ['takes no batches', false],
])('an append at a server that %s', (_, batchAppend) => {
  const kind = batchAppend ? 'batchAppend' : 'append';
  let server: EventStoreDb;
  let store: EventStoreDbEventStore;
  beforeEach(async () => {
    server = await startEventStoreDb({ batchAppend });
    store = new EventStoreDbEventStore({ ...impatient, url: server.connectionString });
  });
  afterEach(async () => {
    await store.close();
    await server.close();
  });
  const idsInLog = (): string[] => server.log().map(({ id }) => id);

  describe('is answered, and written once, although', () => {
    it.each<[string, Fault]>([
      ['the server says nothing', { kind: 'silence' }],
      ['the server ends the call as if all were said', { kind: 'end' }],
      ['the connection breaks', { kind: 'kill' }],
      ['the server is unavailable', { kind: 'error', code: status.UNAVAILABLE }],
      ['the server cancels the call', { kind: 'error', code: status.CANCELLED }],
      ['the server does not know what went wrong', { kind: 'error', code: status.UNKNOWN }],
      ['the call is broken off', { kind: 'error', code: status.INTERNAL, details: 'Received RST_STREAM with code 2' }],
      ['the server gave up', { kind: 'timeout' }],
      ['the server has only just started', { kind: 'not-ready' }],
      ['the event was stored and the connection broke', { kind: 'kill', committed: true }],
      ['the event was stored and the server said nothing', { kind: 'silence', committed: true }],
      ['the event was stored and the server ended the call', { kind: 'end', committed: true }],
      ['the event was stored and the server gave up', { kind: 'timeout', committed: true }],
      [
        'the event was stored and the answer was an error',
        { kind: 'error', code: status.UNAVAILABLE, committed: true },
      ],
    ])('%s', async (_, fault) => {
      const stream = newStream();
      server.faults.on(kind, fault, { times: 2 });
      const written = events(3);
      const appended = await store.append(stream, NO_STREAM, written);
      expect(appended.revision).toBe(2);
      expect(appended.position).toBe(await store.head());
      expect(idsInLog()).toEqual(written.map(({ id }) => id));
      // More if the machine was so busy that an answer came too late.
      expect(store.counters.appendRetries).toBeGreaterThanOrEqual(2);
    });

    it('the answer comes when nobody waits for it any more', async () => {
      server.faults.on(kind, { kind: 'delay', ms: impatient.callTimeout * 1.5 }, { times: 1 });
      const written = event();
      await store.append(newStream(), NO_STREAM, [written]);
      expect(idsInLog()).toEqual([written.id]);
      // The late answer arrives meanwhile, and does no harm.
      for (let n = 0; n < 20; n += 1) await store.append(newStream(), NO_STREAM, [event()]);
      await until(() => server.log().length === 21);
    });

    it('the server takes connections and answers nothing, for a while', async () => {
      server.freeze();
      const appending = store.append(newStream(), NO_STREAM, [event()]);
      await until(() => store.counters.rebuilds > 0);
      server.thaw();
      expect((await appending).revision).toBe(0);
    });

    it('the connection leads nowhere any more, though it stays open', async () => {
      const pipe = new LeakyPipe(server.port);
      const far = new EventStoreDbEventStore({
        ...impatient,
        url: `esdb://127.0.0.1:${await pipe.listen()}?tls=false`,
      });
      const stream = newStream();
      await far.append(stream, NO_STREAM, [event()]);
      const following = follow(far, { after: await far.head(), streams: [stream], count: 1 });
      await until(() => server.calls.subscribe === 1);
      pipe.leak();
      expect((await far.append(stream, 0, [event()])).revision).toBe(1);
      expect(await following).toHaveLength(1);
      expect(far.counters.rebuilds).toBe(1);
      await far.close();
      pipe.close();
    });

    it('the server was down when the store was made', async () => {
      await server.stop();
      const early = new EventStoreDbEventStore({ ...impatient, url: server.connectionString });
      const appending = early.append(newStream(), NO_STREAM, [event()]);
      await until(() => early.counters.appendRetries > 0);
      await server.restart();
      expect((await appending).revision).toBe(0);
      await early.close();
    });

    it('the server restarts in the middle of many', async () => {
      const streams = Array.from({ length: 20 }, newStream);
      const writer = async (stream: string): Promise<void> => {
        for (let revision = NO_STREAM; revision < 20; revision += 1) await store.append(stream, revision, [event()]);
      };
      const writing = Promise.all(streams.map(writer));
      for (const length of [60, 200]) {
        await until(() => server.log().length > length);
        await server.restart();
      }
      await writing;
      expect(server.log()).toHaveLength(20 * 21);
      for (const stream of streams) expect(await all(store.read(stream))).toHaveLength(21);
    });

    it('the connection breaks under a load that has filled it', async () => {
      const unhandled = jest.fn();
      process.on('unhandledRejection', unhandled);
      const text = 'x'.repeat(100_000);
      // Such large appends take long; only faults are to be retried here, not slow answers.
      const patient = new EventStoreDbEventStore({ ...impatient, callTimeout: 30_000, url: server.connectionString });
      const appending = Promise.all(
        Array.from({ length: 100 }, () => patient.append(newStream(), NO_STREAM, [event({ text })])),
      );
      await until(() => server.log().length > 10);
      server.killConnections();
      await appending;
      await patient.close();
      expect(new Set(idsInLog()).size).toBe(100);
      expect(server.log()).toHaveLength(100);
      expect(unhandled).not.toHaveBeenCalled();
      process.off('unhandledRejection', unhandled);
    });
  });

  it('is recognised when it was made before, though its ids are written in capitals now', async () => {
    const stream = newStream();
    const written = events(2);
    const appended = await store.append(stream, NO_STREAM, written);
    await store.append(stream, 1, [event()]);
    const again = written.map((it) => ({ ...it, id: it.id.toUpperCase() }));
    expect(await store.append(stream, NO_STREAM, again)).toEqual(appended);
    await expect(store.append(stream, NO_STREAM, [...again, event()])).rejects.toBeInstanceOf(WrongExpectedRevision);
  });

  it('that was made before is answered with a place behind it where the server knows its own no more', async () => {
    const stream = newStream();
    const written = events(2);
    const { position } = await store.append(stream, NO_STREAM, written);
    await store.append(stream, 1, [event()]);
    server.truncate(stream, 2n);
    const again = await store.append(stream, NO_STREAM, written);
    expect(again.revision).toBe(1);
    expect(again.position > position).toBe(true);
    expect(again.position).toBe(await store.head());
  });

  it('says that nothing was written when it could not be sent', async () => {
    await server.stop();
    const hasty = new EventStoreDbEventStore({ ...impatient, giveUpAfter: 100, url: server.connectionString });
    const failing = hasty.append(newStream(), NO_STREAM, [event()]);
    await expect(failing).rejects.toThrow(/cannot serve now: .*ECONNREFUSED.*nothing was written/);
    await expect(failing).rejects.toBeInstanceOf(StoreUnavailable);
    await hasty.close();
  });

  it('says that it may be written when its answer was lost', async () => {
    const hasty = new EventStoreDbEventStore({ ...impatient, giveUpAfter: 1_000, url: server.connectionString });
    // Connects first: a busy machine might not even have sent the append when its time is over.
    await hasty.append(newStream(), NO_STREAM, [event()]);
    server.faults.on(kind, { kind: 'silence', committed: true });
    const failing = hasty.append(newStream(), NO_STREAM, [event()]);
    await expect(failing).rejects.toThrow(/no answer within 300 ms; whether the append to .* was written is not known/);
    await hasty.close();
  });

  it('of what is no JSON fails by itself, and before any call', async () => {
    const unhandled = jest.fn();
    process.on('unhandledRejection', unhandled);
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    for (const data of [circular, { n: 1n }, () => 1]) {
      await expect(store.append(newStream(), NO_STREAM, [event(data as unknown as JsonObject)])).rejects.toThrow(/./);
    }
    await expect(store.append(newStream(), NO_STREAM, [event({ text: 'x'.repeat(2_000_000) })])).rejects.toThrow(
      AppendTooLarge,
    );
    expect(server.calls[kind]).toBe(0);
    expect(unhandled).not.toHaveBeenCalled();
    process.off('unhandledRejection', unhandled);
  });

  it('to a stream that is deleted for ever is refused', async () => {
    const stream = newStream();
    await store.append(stream, NO_STREAM, [event()]);
    server.tombstone(stream);
    await expect(store.append(stream, 0, [event()])).rejects.toThrow(`Stream ${stream} was deleted for ever`);
  });

  it('to a stream that nobody would follow is refused', async () => {
    await expect(store.append('invoice-1', NO_STREAM, [event()])).rejects.toThrow('begins with none of connection-');
    expect(server.calls[kind]).toBe(0);
  });

  it('never asks the server what it can do, whose answer the client would remember for ever', async () => {
    server.faults.on('serverFeatures', { kind: 'error', code: status.UNKNOWN });
    await store.append(newStream(), NO_STREAM, [event()]);
    expect(server.calls.serverFeatures).toBe(0);
  });

  it('asks a server whether it takes batches once for each client', async () => {
    const patient = new EventStoreDbEventStore({ url: server.connectionString });
    const appendThree = async (): Promise<void> => {
      for (let n = 0; n < 3; n += 1) await patient.append(newStream(), NO_STREAM, [event()]);
    };
    await appendThree();
    expect(server.calls).toMatchObject(batchAppend ? { append: 0, batchAppend: 3 } : { append: 3, batchAppend: 1 });
    server.faults.on(kind, { kind: 'kill' }, { times: 1 });
    await appendThree();
    expect(server.log()).toHaveLength(6);
    if (batchAppend) expect(server.calls.append).toBe(0);
    else expect(server.calls.batchAppend).toBe(2);
    await patient.close();
  });

  it('is stored as JSON, with the names by which the server finds what belongs together', async () => {
    await store.append(newStream(), NO_STREAM, [event({ a: 1 }, { 'correlation-id': 'order-1', hash: 'abc' })]);
    const [stored] = server.log();
    expect(stored?.isJson).toBe(true);
    expect(Buffer.from(stored!.data).toString()).toBe('{"a":1}');
    expect(Buffer.from(stored!.metadata).toString()).toBe(
      '{"correlation-id":"order-1","hash":"abc","$correlationId":"order-1"}',
    );
  });

  it('waits for its turn at a slow store, and is refused where too many wait', async () => {
    const slow = new EventStoreDbEventStore({
      ...impatient,
      callTimeout: 5_000,
      maximumInFlight: 4,
      maximumWaiting: 6,
      url: server.connectionString,
    });
    const lift = server.faults.on(kind, { kind: 'delay', ms: 500 });
    const results = await Promise.allSettled(events(20).map((one) => slow.append(newStream(), NO_STREAM, [one])));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(10);
    for (const { reason } of refused) {
      expect(reason).toBeInstanceOf(StoreUnavailable);
      expect(reason).toMatchObject({ message: expect.stringContaining('6 appends wait already; nothing was written') });
    }
    expect(server.log()).toHaveLength(10);
    lift();
    await slow.append(newStream(), NO_STREAM, [event()]);
    await slow.close();
  });

  it('of one store knows nothing of the faults of another in the same process', async () => {
    const elsewhere = await startEventStoreDb({ batchAppend });
    const other = new EventStoreDbEventStore({ ...impatient, callTimeout: 5_000, url: elsewhere.connectionString });
    await other.append(newStream(), NO_STREAM, [event()]);
    elsewhere.faults.on(kind, { kind: 'delay', ms: 100 }, { times: 30 });
    const undisturbed = Promise.all(events(30).map((one) => other.append(newStream(), NO_STREAM, [one])));
    await until(() => elsewhere.calls[kind] === 31);
    server.faults.on(kind, { kind: 'kill' }, { times: 3 });
    await Promise.all(events(10).map((one) => store.append(newStream(), NO_STREAM, [one])));
    await undisturbed;
    expect(store.counters.appendRetries).toBeGreaterThan(0);
    expect(other.counters).toMatchObject({ appendRetries: 0, rebuilds: 0 });
    await other.close();
    await elsewhere.close();
  });

  it('is written once by a server that is stopped, killed and started again meanwhile', async () => {
    using folder = temporaryFolder();
    const apart = await startEventStoreDbProcess({ batchAppend, dataFile: join(folder.path, 'log') });
    const far = new EventStoreDbEventStore({ ...impatient, giveUpAfter: 20_000, url: apart.connectionString });
    const stream = newStream();
    const written = events(200);
    let revision = NO_STREAM;
    const writing = (async () => {
      for (const one of written) ({ revision } = await far.append(stream, revision, [one]));
    })();
    await until(() => revision > 20);
    apart.pause();
    await until(() => far.counters.rebuilds > 0);
    apart.resume();
    await until(() => revision > 80);
    await apart.kill();
    await apart.start();
    await writing;
    expect((await all(far.read(stream))).map(({ id }) => id)).toEqual(written.map(({ id }) => id));
    await far.close();
    await apart.kill();
  });
});
