import { status } from '@grpc/grpc-js';
import { type EventStoreDBClient, NO_STREAM, streamNameFilter } from '@eventstore/db-client';
import { connect } from 'node:net';
import { until } from '../until';
import type { CallKind, Fault } from './faults';
import { startEventStoreDb, type EventStoreDb } from './server';
import { Clients, Listener, numbered, numbersOf, range } from './testing';

const clients = new Clients();
let server: EventStoreDb;
let client: EventStoreDBClient;

async function serve(options: Parameters<typeof startEventStoreDb>[0] = {}): Promise<void> {
  server = await startEventStoreDb(options);
  client = clients.open(server);
}

afterEach(async () => {
  await clients.dispose();
  await server.close();
});

/** Whether the work is still waiting after the server has received its call and has answered a later one. */
async function isWaiting(kind: CallKind, work: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = (): void => {
    settled = true;
  };
  work.then(settle, settle);
  await until('it is called', () => server.calls[kind] === 1);
  await clients.open(server).setStreamMetadata('other', {});
  return !settled;
}

const once = { times: 1 };

describe.each([
  ['in a batch', true],
  ['by itself', false],
])('an append %s', (_name, batchAppend) => {
  const kind = batchAppend ? 'batchAppend' : 'append';
  const events = [numbered(1)];
  const append = () => client.appendToStream('a-1', events, { expectedRevision: NO_STREAM });
  beforeEach(() => serve({ batchAppend }));

  test.each<[string, Fault, object]>([
    [
      'fails',
      { kind: 'error', code: status.INTERNAL, details: 'Broken.' },
      { type: 'unknown', message: '13 INTERNAL: Broken.' },
    ],
    ['finds no server', { kind: 'error', code: status.UNAVAILABLE }, { type: 'unavailable' }],
    ['loses its connection', { kind: 'kill' }, { type: expect.stringMatching('unavailable|cancelled') }],
    [
      'is too early',
      { kind: 'not-ready' },
      { type: batchAppend ? 'unknown' : 'unavailable', message: expect.stringContaining('Server Is Not Ready') },
    ],
    ['is given up', { kind: 'timeout' }, { type: batchAppend ? 'deadline-exceeded' : 'timeout' }],
    [
      'is not for this server',
      { kind: 'not-leader', host: '127.0.0.2', port: 1 },
      { type: 'not-leader', leader: { address: '127.0.0.2', port: 1 } },
    ],
  ])('%s', async (_what, fault, error) => {
    server.faults.on(kind, fault, once);
    await expect(append()).rejects.toMatchObject(error);
    expect(server.log()).toEqual([]);
    client = clients.open(server);
    await expect(append()).resolves.toMatchObject({ nextExpectedRevision: 0n });
  });

  test.each<[string, Fault]>([
    ['an error', { kind: 'error', code: status.UNAVAILABLE, committed: true }],
    ['the connection', { kind: 'kill', committed: true }],
    ['a time limit', { kind: 'timeout', committed: true }],
  ])('is stored, and its answer lost to %s', async (_what, fault) => {
    server.faults.on(kind, fault, once);
    await expect(append()).rejects.toThrow();
    expect(server.log()).toHaveLength(1);
    client = clients.open(server);
    await expect(append()).resolves.toMatchObject({ nextExpectedRevision: 0n });
    expect(server.log()).toHaveLength(1);
  });

  test.each<[string, Fault, number]>([
    ['is never answered', { kind: 'silence' }, 0],
    ['is stored and never answered', { kind: 'silence', committed: true }, 1],
    ['gets an end instead of an answer', { kind: 'end' }, 0],
    ['is stored and gets an end instead of an answer', { kind: 'end', committed: true }, 1],
  ])('%s', async (_what, fault, stored) => {
    server.faults.on(kind, fault, once);
    const appended = append();
    expect(await isWaiting(kind, appended)).toBe(true);
    expect(server.log().filter(({ stream }) => stream === 'a-1')).toHaveLength(stored);
  });

  test('is answered late', async () => {
    server.faults.on(kind, { kind: 'delay', ms: 50 }, once);
    const appended = append();
    expect(await isWaiting(kind, appended)).toBe(true);
    await appended;
    expect(server.log()).toHaveLength(2);
  });
});

test('an error in a batch takes with it what is under way, also what is stored after all', async () => {
  await serve();
  await client.appendToStream('a-1', numbered(0));
  server.faults.on('batchAppend', { kind: 'delay', ms: 50 }, once);
  server.faults.on('batchAppend', { kind: 'error', code: status.UNAVAILABLE }, once);
  const appends = [numbered(1), numbered(2)].map((event) => client.appendToStream('a-1', event));
  const outcomes = await Promise.allSettled(appends);
  expect(outcomes.map(({ status: outcome }) => outcome)).toEqual(['rejected', 'rejected']);
  await until('both are written', () => server.log().length === 2);
  expect(await numbersOf(clients.open(server).readStream('a-1'))).toEqual([0, 1]);
});

describe('a read', () => {
  beforeEach(async () => {
    await serve();
    await client.appendToStream('a-1', range(1, 40));
  });

  test.each<[string, Fault, object]>([
    ['fails', { kind: 'error', code: status.DEADLINE_EXCEEDED }, { type: 'deadline-exceeded' }],
    ['fails in the middle', { kind: 'error', code: status.INTERNAL, after: 3 }, { type: 'unknown' }],
    ['loses its connection', { kind: 'kill', after: 3 }, { type: expect.stringMatching('unavailable|cancelled') }],
  ])('%s', async (_what, fault, error) => {
    server.faults.on('read', fault, once);
    await expect(numbersOf(client.readStream('a-1'))).rejects.toMatchObject(error);
  });

  test('ends early and looks whole', async () => {
    server.faults.on('read', { kind: 'end', after: 3 }, once);
    expect(await numbersOf(client.readStream('a-1'))).toEqual([1, 2, 3]);
    expect(await numbersOf(client.readStream('a-1'))).toHaveLength(40);
  });

  test.each<[string, Fault]>([
    ['is never answered', { kind: 'silence' }],
    ['stops in the middle', { kind: 'silence', after: 3 }],
  ])('%s', async (_what, fault) => {
    server.faults.on('read', fault, once);
    expect(await isWaiting('read', numbersOf(client.readStream('a-1')))).toBe(true);
  });

  test('fails until the fault is lifted', async () => {
    const lift = server.faults.on('read', { kind: 'error', code: status.INTERNAL });
    for (let attempt = 0; attempt < 3; attempt += 1)
      await expect(numbersOf(client.readStream('a-1'))).rejects.toThrow();
    lift();
    expect(await numbersOf(client.readStream('a-1'))).toHaveLength(40);
  });
});

describe('a subscription', () => {
  let listener: Listener;
  const subscribe = () => listener.listen(client.subscribeToAll({ filter: streamNameFilter({ prefixes: ['a-'] }) }));
  beforeEach(async () => {
    await serve();
    await client.appendToStream('a-1', range(1, 3));
    listener = new Listener();
  });

  test.each<[string, Fault, unknown[]]>([
    ['is refused', { kind: 'error', code: status.UNAVAILABLE }, [{ error: 'unavailable' }]],
    ['fails', { kind: 'error', code: status.UNAVAILABLE, after: 2 }, ['confirmed', 1, 2, { error: 'unavailable' }]],
    ['ends', { kind: 'end', after: 2 }, ['confirmed', 1, 2, 'ended']],
    ['ends at once', { kind: 'end' }, ['ended']],
  ])('%s', async (_what, fault, heard) => {
    server.faults.on('subscribe', fault, once);
    subscribe();
    await listener.until((each) => each.heard.length >= heard.length);
    expect(listener.heard).toEqual(heard);
  });

  test('loses its connection', async () => {
    server.faults.on('subscribe', { kind: 'kill', after: 2 }, once);
    subscribe();
    await listener.until(({ heard }) => heard.some((said) => typeof said === 'object' && 'error' in said));
    expect(listener.numbers.length).toBeLessThanOrEqual(2);
  });

  test('stops without a word, also when it was live', async () => {
    server.faults.on('subscribe', { kind: 'silence', after: 4 }, once);
    subscribe();
    await listener.until(({ heard }) => heard.includes('caught up'));
    await client.appendToStream('a-1', range(4, 6));
    await listener.until(({ numbers }) => numbers.includes(4));
    const other = new Listener().listen(client.subscribeToAll({ filter: streamNameFilter({ prefixes: ['a-'] }) }));
    await other.until(({ numbers }) => numbers.includes(6));
    expect(listener.heard).toEqual(['confirmed', 1, 2, 3, 'caught up', 4]);
  });

  test('hears of a server that stops, and a new one goes on at the same port', async () => {
    subscribe();
    await listener.until(({ heard }) => heard.includes('caught up'));
    await server.stop();
    await listener.until(({ heard }) => heard.length === 6);
    expect(listener.heard.at(-1)).toEqual({ error: expect.stringMatching('unavailable|cancelled') });
    const { connectionString } = server;
    await server.restart();
    expect(server.connectionString).toBe(connectionString);
    expect(await numbersOf(clients.open(server).readStream('a-1'))).toEqual([1, 2, 3]);
  });
});

describe('a server', () => {
  test('whose features cannot be asked for is appended to all the same, or never', async () => {
    await serve();
    server.faults.on('serverFeatures', { kind: 'error', code: status.UNIMPLEMENTED }, once);
    await client.appendToStream('a-1', numbered(1));
    expect(server.calls).toMatchObject({ serverFeatures: 1, append: 1, batchAppend: 0 });
    const other = clients.open(server);
    server.faults.on('serverFeatures', { kind: 'error', code: status.INTERNAL }, once);
    await expect(other.appendToStream('a-1', numbered(2))).rejects.toMatchObject({ code: status.INTERNAL });
    await expect(other.appendToStream('a-1', numbered(2))).rejects.toMatchObject({ code: status.INTERNAL });
    expect(server.calls).toMatchObject({ serverFeatures: 2, append: 1 });
  });

  test('that is frozen leaves calls without an answer', async () => {
    await serve();
    await client.appendToStream('a-1', numbered(1));
    server.freeze();
    let answered = false;
    const settle = (): void => {
      answered = true;
    };
    numbersOf(client.readStream('a-1')).then(settle, settle);
    await until('it is read', () => server.calls.read === 1);
    server.thaw();
    expect(await numbersOf(clients.open(server).readStream('a-1'))).toEqual([1]);
    expect(answered).toBe(false);
  });

  test('that is frozen takes connections and says nothing on them until it thaws', async () => {
    await serve();
    const other = await startEventStoreDb();
    server.freeze();
    const socket = connect(server.port, '127.0.0.1');
    let bytes = 0;
    socket.on('data', (chunk) => (bytes += chunk.length));
    // As long as another server takes to serve a new connection.
    await numbersOf(clients.open(other).readAll());
    expect({ readyState: socket.readyState, bytes }).toEqual({ readyState: 'open', bytes: 0 });
    server.thaw();
    await until('it is answered', () => bytes > 0);
    socket.destroy();
    await other.close();
  });

  test('breaks its connections and takes new ones', async () => {
    await serve();
    await client.appendToStream('a-1', numbered(1));
    const listener = new Listener().listen(client.subscribeToAll());
    await listener.until(({ heard }) => heard.includes('caught up'));
    server.killConnections();
    await listener.until(({ heard }) => heard.length === 4);
    expect(await numbersOf(clients.open(server).readStream('a-1'))).toEqual([1]);
  });
});
