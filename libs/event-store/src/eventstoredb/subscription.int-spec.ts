import { status } from '@grpc/grpc-js';
import type { Fault } from '../../../../test/support/eventstoredb/faults';
import { type EventStoreDb, startEventStoreDb } from '../../../../test/support/eventstoredb/server';
import {
  type Batch,
  type EventStore,
  type LoggedEvent,
  NO_STREAM,
  type Position,
  START,
  StoreUnavailable,
} from '../event-store';
import { event, events, follow, newStream } from '../testing/event-store.contract';
import { EventStoreDbEventStore } from './eventstoredb-event-store';
import { toPosition } from './positions';
import { impatient, until } from './testing/impatient';

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

const numbers = (found: readonly LoggedEvent[]): unknown[] => found.map(({ data }) => data['n']);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

/** Follows in the background, and collects what arrives. */
class Follower {
  readonly batches: Batch[] = [];
  readonly done: Promise<unknown>;
  readonly #stop = new AbortController();

  constructor(followed: EventStore, after: Position = START) {
    this.done = this.#run(followed, after).catch((error: unknown) => error);
  }

  async #run(followed: EventStore, after: Position): Promise<void> {
    for await (const batch of followed.subscribe({ after, signal: this.#stop.signal })) this.batches.push(batch);
  }

  get events(): LoggedEvent[] {
    return this.batches.flatMap((batch) => batch.events);
  }

  get reached(): Position {
    return this.batches.at(-1)?.upTo ?? START;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.done;
  }
}

/** The position of the log's last event, whoever wrote it. */
const endOfLog = (): Position => {
  const last = server.log().at(-1)!;
  return toPosition(String(last.commit), String(last.prepare))!;
};

describe('a subscription', () => {
  describe('goes on without gap or repeat, although', () => {
    it.each<[string, Fault]>([
      ['the connection breaks', { kind: 'kill', after: 3 }],
      ['the server breaks it off', { kind: 'error', code: status.UNAVAILABLE, after: 3 }],
      ['the server cancels it', { kind: 'error', code: status.CANCELLED, after: 3 }],
      ['the server ends it as if that were all', { kind: 'end', after: 3 }],
      ['the server falls silent', { kind: 'silence', after: 3 }],
      ['the server does not even confirm it', { kind: 'silence' }],
      ['the server refuses it at first', { kind: 'error', code: status.UNAVAILABLE }],
      ['the server has only just started', { kind: 'not-ready' }],
    ])('%s', async (_, fault) => {
      const stream = newStream();
      const written = events(12);
      await store.append(stream, NO_STREAM, written.slice(0, 8));
      server.faults.on('subscribe', fault, { times: 2 });
      const following = follow(store, { after: START, streams: [stream], count: 12 });
      await until(() => store.counters.drops === 2);
      await store.append(stream, 7, written.slice(8));
      expect(numbers(await following)).toEqual(upTo(12));
      expect(store.counters.drops).toBe(2);
    });

    it('it falls silent when it has caught up, and the log moves on', async () => {
      const stream = newStream();
      await store.append(stream, NO_STREAM, events(2));
      server.faults.on('subscribe', { kind: 'silence', after: 2 }, { times: 1 });
      const follower = new Follower(store);
      await until(() => follower.events.length === 2);
      await store.append(stream, 1, events(2));
      await until(() => follower.events.length === 4);
      expect(store.counters.drops).toBe(1);
      await follower.stop();
    });

    it('the server restarts again and again while others write', async () => {
      const streams = upTo(4).map(newStream);
      const follower = new Follower(store);
      const writer = async (stream: string): Promise<void> => {
        for (let revision = NO_STREAM; revision < 49; revision += 1) await store.append(stream, revision, [event()]);
      };
      const writing = Promise.all(streams.map(writer));
      for (const length of [30, 90, 150]) {
        await until(() => server.log().length > length);
        await server.restart();
      }
      await writing;
      await until(() => follower.events.length >= 200);
      expect(follower.events.map(({ id }) => id)).toEqual(server.log().map(({ id }) => id));
      await follower.stop();
    });

    it('the reader is slower than what comes', async () => {
      const stream = newStream();
      const found: LoggedEvent[] = [];
      let { revision } = await store.append(stream, NO_STREAM, [event()]);
      for await (const batch of store.subscribe({ after: START, batchSize: 10 })) {
        found.push(...batch.events);
        // More each time than the server buffers for a slow reader.
        if (revision < 1_000) ({ revision } = await store.append(stream, revision, events(100)));
        if (found.length > 1_000) break;
      }
      expect(found.map((one) => one.revision)).toEqual(upTo(1_001));
    });
  });

  it('is not disturbed by a log in which nothing happens', async () => {
    await store.append(newStream(), NO_STREAM, [event()]);
    const follower = new Follower(store);
    await until(() => follower.events.length === 1);
    const { read } = server.calls;
    // It has asked the log several times, and found nothing wrong.
    await until(() => server.calls.read > read + 3);
    expect(server.calls.subscribe).toBe(1);
    expect(store.counters).toMatchObject({ drops: 0, rebuilds: 0 });
    await follower.stop();
  });

  it('says how far it has looked where nothing of ours comes by, and begins behind that', async () => {
    const { position } = await store.append(newStream(), NO_STREAM, [event()]);
    server.writeSystemEvents(3_000);
    const follower = new Follower(store, position);
    await until(() => follower.reached > position);
    expect(follower.events).toEqual([]);
    const early = follower.reached;
    server.writeSystemEvents(3_000);
    await until(() => follower.reached > early);
    expect(follower.events).toEqual([]);
    expect(follower.reached <= endOfLog()).toBe(true);
    await follower.stop();
    const stream = newStream();
    await store.append(stream, NO_STREAM, events(2));
    expect(numbers(await follow(store, { after: follower.reached, streams: [stream], count: 2 }))).toEqual([0, 1]);
  });

  it('gives only what is ours', async () => {
    const far = another({ streamPrefixes: ['invoice-', 'order-'] });
    await store.append(newStream(), NO_STREAM, [event()]);
    await far.append('order-1', NO_STREAM, [event()]);
    server.writeSystemEvents(3);
    const { position } = await far.append('invoice-1', NO_STREAM, [event()]);
    const follower = new Follower(far);
    await until(() => follower.reached >= position);
    expect(follower.events.map(({ stream }) => stream)).toEqual(['order-1', 'invoice-1']);
    await follower.stop();
    await far.close();
  });

  it('does not end because another follower throws, at a checkpoint or at an event', async () => {
    server.writeSystemEvents(1_500);
    const follower = new Follower(store);
    await until(() => follower.reached > START);
    const careless = async (): Promise<void> => {
      for await (const _ of store.subscribe({ after: START })) throw new Error('careless');
    };
    await expect(careless()).rejects.toThrow('careless');
    await store.append(newStream(), NO_STREAM, [event()]);
    await until(() => follower.events.length === 1);
    expect(store.counters.drops).toBe(0);
    await follower.stop();
  });

  it('fails when the store stays away, and says so', async () => {
    const hasty = another({ giveUpAfter: 100 });
    const follower = new Follower(hasty);
    await hasty.append(newStream(), NO_STREAM, [event()]);
    await until(() => follower.events.length === 1);
    await server.stop();
    const reason = await follower.done;
    expect(reason).toBeInstanceOf(StoreUnavailable);
    expect(reason).toMatchObject({ message: expect.stringContaining('cannot be followed now') });
    await hasty.close();
  });

  it('fails when the log was replaced by an older copy, and does not take what comes there for what comes next', async () => {
    await store.append(newStream(), NO_STREAM, events(5));
    const follower = new Follower(store);
    await until(() => follower.events.length === 5);
    const { port } = server;
    await server.close();
    server = await startEventStoreDb({ port });
    server.writeSystemEvents(1);
    expect(await follower.done).toMatchObject({ message: expect.stringContaining('it is an older copy now') });
  });

  it('ends by the signal while the store is away', async () => {
    await server.stop();
    const follower = new Follower(store);
    await until(() => store.counters.drops > 1);
    await follower.stop();
    expect(await follower.done).toBeUndefined();
  });

  it('tells the log of each drop', async () => {
    const warn = jest.fn();
    const told = new EventStoreDbEventStore({ ...impatient, url: server.connectionString }, { info: jest.fn(), warn });
    server.faults.on('subscribe', { kind: 'kill' }, { times: 1 });
    const follower = new Follower(told);
    await told.append(newStream(), NO_STREAM, [event()]);
    await until(() => follower.events.length === 1);
    expect(warn).toHaveBeenCalledWith(
      { reason: expect.any(String), after: START },
      'event store subscription is interrupted',
    );
    await follower.stop();
    await told.close();
  });
});

describe('positions', () => {
  it.each([
    ['where commit and prepare are the same', false],
    ['where each append has a commit of its own', true],
  ])('beyond what a number holds are exact, %s', async (_, commitRecords) => {
    const large = await startEventStoreDb({ firstPosition: 9_007_199_254_740_993n, commitRecords });
    const far = new EventStoreDbEventStore({ ...impatient, url: large.connectionString });
    const stream = newStream();
    const first = await far.append(stream, NO_STREAM, events(3));
    const second = await far.append(stream, 2, events(2));
    const found = await follow(far, { after: START, streams: [stream], count: 5 });
    const stored = large.log().map(({ commit, prepare }) => toPosition(String(commit), String(prepare)));
    expect(found.map(({ position }) => position)).toEqual(stored);
    expect(stored).toEqual([...new Set(stored)].sort());
    // The answered position is that of the append's last event or behind it, and before the next append's events.
    expect(first.position >= stored[2]! && first.position < stored[3]!).toBe(true);
    expect(await follow(far, { after: first.position, streams: [stream], count: 2 })).toEqual(found.slice(3));
    expect(far.distance(first.position, second.position)).toBe(Number(large.log()[4]!.commit - large.log()[2]!.commit));
    await far.close();
    await large.close();
  });
});
