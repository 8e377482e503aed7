import type { ReadReq } from '@eventstore/db-client/generated/streams_pb';
import { status } from '@grpc/grpc-js';
import type { Fault } from '../../../../test/support/eventstoredb/faults';
import { type EventStoreDb, startEventStoreDb } from '../../../../test/support/eventstoredb/server';
import { NO_STREAM, type Position, type ReadOptions, START, StoreUnavailable } from '../event-store';
import { all, event, events, newStream } from '../testing/event-store.contract';
import { changesAfter } from './changes';
import { ClientLifecycle } from './client-lifecycle';
import { Connection } from './connection';
import { EventStoreDbEventStore } from './eventstoredb-event-store';
import { clientSettings, settingsOf } from './options';
import { toPosition } from './positions';
import { readStream } from './read';
import { impatient, until } from './testing/impatient';
import { type ScriptedRead, ScriptedReads } from './testing/scripted-reads';

let server: EventStoreDb;
let store: EventStoreDbEventStore;
const another = (options: object = {}): EventStoreDbEventStore =>
  new EventStoreDbEventStore({ ...impatient, ...options, url: server.connectionString });
beforeEach(async () => {
  server = await startEventStoreDb();
  store = another();
});
afterEach(async () => {
  await store.close();
  await server.close();
});

const revisions = (found: readonly { readonly revision: number }[]): number[] => found.map(({ revision }) => revision);
const endOfLog = (): Position => {
  const { commit, prepare } = server.log().at(-1)!;
  return toPosition(String(commit), String(prepare))!;
};
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describe('a read of a stream', () => {
  describe('gives each event once, although', () => {
    it.each<[string, Fault]>([
      ['the server says nothing', { kind: 'silence' }],
      ['the server says nothing more', { kind: 'silence', after: 3 }],
      ['the connection breaks', { kind: 'kill' }],
      ['the connection breaks in the middle', { kind: 'kill', after: 5 }],
      ['the server is unavailable', { kind: 'error', code: status.UNAVAILABLE }],
      ['the server has only just started', { kind: 'not-ready' }],
      ['the server cancels in the middle', { kind: 'error', code: status.CANCELLED, after: 7 }],
      ['the server ends at once as if there were nothing', { kind: 'end', after: 0 }],
      ['the server ends in the middle as if that were all', { kind: 'end', after: 4 }],
    ])('%s', async (_, fault) => {
      const stream = newStream();
      await store.append(stream, NO_STREAM, events(20));
      server.faults.on('read', fault, { times: 1 });
      expect(revisions(await all(store.read(stream)))).toEqual(upTo(20));
      server.faults.on('read', fault, { times: 1 });
      const backwards = { direction: 'backwards' } as const;
      expect(revisions(await all(store.read(stream, backwards)))).toEqual(upTo(20).reverse());
      server.faults.on('read', fault, { times: 1 });
      expect(revisions(await all(store.read(stream, { from: 2, limit: 10 })))).toEqual(upTo(12).slice(2));
    });

    it('the server ends it early again and again', async () => {
      const stream = newStream();
      await store.append(stream, NO_STREAM, events(20));
      server.faults.on('read', { kind: 'end', after: 2 }, { times: 5 });
      expect(revisions(await all(store.read(stream)))).toEqual(upTo(20));
    });

    it('the store is down for a while', async () => {
      const stream = newStream();
      await store.append(stream, NO_STREAM, events(20));
      await server.stop();
      const reading = all(store.read(stream));
      await until(() => store.counters.readRetries > 0);
      await server.restart();
      expect(revisions(await reading)).toEqual(upTo(20));
    });
  });

  it('says that nothing was read when the store stays away', async () => {
    await server.stop();
    const hasty = another({ giveUpAfter: 100 });
    await expect(all(hasty.read(newStream()))).rejects.toThrow(/cannot serve now: .*ECONNREFUSED.*nothing was read/);
    await expect(hasty.head()).rejects.toBeInstanceOf(StoreUnavailable);
    await hasty.close();
  });

  it('makes no other try once its first one has taken as long as all may take', async () => {
    server.faults.on('read', { kind: 'silence' });
    const hasty = another({ giveUpAfter: impatient.callTimeout });
    await expect(all(hasty.read(newStream()))).rejects.toThrow('nothing was read');
    expect(server.calls.read).toBe(1);
    await hasty.close();
  });

  it('fails where the beginning of the stream is gone, from whichever end it is read', async () => {
    const stream = newStream();
    await store.append(stream, NO_STREAM, events(8));
    server.truncate(stream, 3n);
    const message = `Stream ${stream} begins at revision 3: its earlier events were deleted`;
    await expect(all(store.read(stream))).rejects.toThrow(message);
    await expect(all(store.read(stream, { from: 1, limit: 1 }))).rejects.toThrow(message);
    await expect(all(store.read(stream, { direction: 'backwards' }))).rejects.toThrow(message);
    expect(revisions(await all(store.read(stream, { from: 3 })))).toEqual([3, 4, 5, 6, 7]);
    expect(revisions(await all(store.read(stream, { direction: 'backwards', limit: 5 })))).toEqual([7, 6, 5, 4, 3]);
  });

  it('fails where the stream was deleted for ever', async () => {
    const stream = newStream();
    await store.append(stream, NO_STREAM, [event()]);
    server.tombstone(stream);
    await expect(all(store.read(stream))).rejects.toThrow(`Stream ${stream} was deleted for ever`);
    await expect(all(store.read(stream))).rejects.toBeInstanceOf(StoreUnavailable);
  });

  it('gives nothing where there is no stream, with one call', async () => {
    expect(await all(store.read(newStream()))).toEqual([]);
    expect(server.calls.read).toBe(1);
  });
});

describe('a call whose reader has enough', () => {
  const stream = newStream();
  let position: Position;
  let lifecycle: ClientLifecycle;
  let cancelled: number;
  beforeEach(async () => {
    for (let n = 0; n < 10; n += 1) ({ position } = await store.append(stream, n * 500 - 1, events(500)));
    const connection = new Connection(clientSettings(server.connectionString));
    const read = connection.read.bind(connection);
    connection.read = (request, attach) =>
      read(request, (call) => {
        const cancel = call.cancel.bind(call);
        call.cancel = () => {
          cancelled += 1;
          cancel();
        };
        attach(call);
      });
    cancelled = 0;
    lifecycle = new ClientLifecycle(settingsOf({ ...impatient, url: '' }), undefined, () => connection);
  });
  afterEach(() => lifecycle.close());

  const first = async (): Promise<unknown> => {
    for await (const event of readStream(lifecycle, stream, { from: 7, limit: 1 })) return event;
    return null;
  };
  const isGone = (): boolean =>
    (lifecycle.current as unknown as { disposableStreams: Set<unknown> }).disposableStreams.size === 0;

  it('is cancelled where more would come', async () => {
    for await (const { revision } of readStream(lifecycle, stream)) if (revision === 2) break;
    await until(isGone);
    expect(cancelled).toBe(1);
  });

  describe.each<[string, () => Promise<unknown>]>([
    ['all that a read asked for has come', first],
    ['a look at what has changed has found that nothing has', () => changesAfter(lifecycle, position, 10)],
  ])('where %s', (_, ask) => {
    it('ends by itself', async () => {
      await ask();
      await until(isGone);
      expect(cancelled).toBe(0);
    });

    it('is cancelled only when it falls silent', async () => {
      server.faults.on('read', { kind: 'silence', after: 1 });
      await ask();
      await until(isGone);
      expect(cancelled).toBe(1);
      expect(lifecycle.counters.rebuilds).toBe(0);
    });
  });
});

describe('a read of a stream whose server says where it ends', () => {
  const stream = 'connection-1';
  const reading = async (
    answers: ScriptedRead[],
    options?: ReadOptions,
  ): Promise<{ found: number[]; asked: ReadReq.Options[] }> => {
    const scripted = new ScriptedReads(answers);
    await scripted.start();
    const reader = new EventStoreDbEventStore({ ...impatient, giveUpAfter: 200, url: scripted.url });
    try {
      return { found: revisions(await all(reader.read(stream, options))), asked: scripted.requests };
    } finally {
      await reader.close();
      scripted.close();
    }
  };

  it('asks it to say so, and takes one call', async () => {
    const { found, asked } = await reading([{ revisions: [0, 1, 2], last: 2 }]);
    expect(found).toEqual([0, 1, 2]);
    expect(asked.map((options) => options.getControlOption()?.getCompatibility())).toEqual([1]);
  });

  it('takes one call behind the end and with a limit, too', async () => {
    expect((await reading([{ revisions: [], last: 2 }], { from: 3 })).asked).toHaveLength(1);
    expect((await reading([{ revisions: [1], last: 2 }], { from: 1, limit: 1 })).asked).toHaveLength(1);
    expect((await reading([{ revisions: [1, 0], last: 2 }], { direction: 'backwards', from: 1 })).asked).toHaveLength(
      1,
    );
  });

  it('goes on where it was when the end comes too early', async () => {
    const { found, asked } = await reading([
      { revisions: [0, 1], last: 4 },
      { revisions: [2, 3, 4], last: 4 },
    ]);
    expect(found).toEqual([0, 1, 2, 3, 4]);
    expect(asked[1]?.getStream()?.getRevision()).toBe('2');
  });

  it('goes on where it was when something is missing in the middle', async () => {
    const { found } = await reading([
      { revisions: [0, 1, 3], last: 3 },
      { revisions: [2, 3], last: 3 },
    ]);
    expect(found).toEqual([0, 1, 2, 3]);
  });

  it('fails when the end keeps coming too early', async () => {
    const early = Array.from({ length: 50 }, () => ({ revisions: [], last: 4 }));
    await expect(reading(early)).rejects.toThrow(`the read of ${stream} ended before its end; nothing was read`);
  });

  it('fails backwards where the beginning is gone', async () => {
    const answer = { revisions: [7, 6, 5], last: 7 };
    await expect(reading([answer], { direction: 'backwards' })).rejects.toThrow('begins at revision 5');
  });
});

describe('a look at what has changed', () => {
  it.each<[string, Fault]>([
    ['nothing', { kind: 'silence' }],
    ['nothing more after its first event', { kind: 'silence', after: 1 }],
  ])('makes no other try once its first one has taken as long as all may take: it heard %s', async (_, fault) => {
    const { position } = await store.append(newStream(), NO_STREAM, [event()]);
    await store.append(newStream(), NO_STREAM, events(3));
    server.faults.on('read', fault);
    const hasty = another({ giveUpAfter: impatient.callTimeout });
    await expect(hasty.changes(position, 10)).rejects.toBeInstanceOf(StoreUnavailable);
    expect(server.calls.read).toBe(1);
    await hasty.close();
  });
});

describe('the head', () => {
  it('is the last event of ours, however much of others comes behind it', async () => {
    const { position } = await store.append(newStream(), NO_STREAM, events(3));
    server.writeSystemEvents(2_000);
    expect(await store.head()).toBe(position);
    const cold = another();
    expect(await cold.head()).toBe(position);
    await cold.close();
  });

  it('is the start where there is nothing of ours', async () => {
    expect(await store.head()).toBe(START);
    server.writeSystemEvents(100);
    expect(await store.head()).toBe(START);
  });

  it('is not searched for below what was seen already', async () => {
    server.writeSystemEvents(5_000);
    expect(await store.head()).toBe(START);
    // From here on, it does not matter if reads of older events are never answered.
    server.writeSystemEvents(3);
    server.faults.on('read', { kind: 'silence', after: 200 });
    expect(await store.head()).toBe(START);
    const { position } = await store.append(newStream(), NO_STREAM, [event()]);
    server.writeSystemEvents(100);
    expect(await store.head()).toBe(position);
    expect(await store.head()).toBe(position);
    expect(store.counters.readRetries).toBe(0);
  });

  it('is not searched for below what its caller knows of, and that is the answer where nothing of ours came since', async () => {
    await store.append(newStream(), NO_STREAM, [event()]);
    server.writeSystemEvents(5_000);
    const known = endOfLog();
    server.writeSystemEvents(100);
    server.faults.on('read', { kind: 'silence', after: 200 });
    const cold = another();
    expect(await cold.head(known)).toBe(known);
    const { position } = await store.append(newStream(), NO_STREAM, [event()]);
    expect(await cold.head(known)).toBe(position);
    expect(cold.counters.readRetries).toBe(0);
    await cold.close();
  });

  it('comes before what its caller knows of where the log ends before that', async () => {
    const { position } = await store.append(newStream(), NO_STREAM, [event()]);
    server.writeSystemEvents(100);
    expect(await store.head(`9${endOfLog().slice(1)}`)).toBe(position);
  });

  it('is searched for anew where the log was replaced by an older copy', async () => {
    await store.append(newStream(), NO_STREAM, events(5));
    const { port } = server;
    await server.close();
    server = await startEventStoreDb({ port });
    server.writeSystemEvents(1);
    expect(await store.head()).toBe(START);
    const { position } = await store.append(newStream(), NO_STREAM, [event()]);
    expect(await store.head()).toBe(position);
  });

  it('is not taken for what was looked at before, where the log was replaced by an older copy', async () => {
    const { position } = await store.append(newStream(), NO_STREAM, events(5));
    expect(await store.changes(position, 10)).toEqual({ revisions: [], upTo: position, complete: true });
    const { port } = server;
    await server.close();
    server = await startEventStoreDb({ port });
    server.writeSystemEvents(1);
    expect(await store.changes(position, 10)).toMatchObject({ complete: false });
  });

  it.each<[string, Fault]>([
    ['the search falls silent', { kind: 'silence', after: 2 }],
    ['the connection breaks', { kind: 'kill' }],
    ['the search ends as if that were all', { kind: 'end', after: 2 }],
  ])('is found although %s', async (_, fault) => {
    const { position } = await store.append(newStream(), NO_STREAM, [event()]);
    server.writeSystemEvents(50);
    server.faults.on('read', fault, { times: 1 });
    expect(await store.head()).toBe(position);
    expect(store.counters.readRetries).toBe(1);
  });
});
