import {
  ANY,
  type AppendToStreamOptions,
  type EventStoreDBClient,
  jsonEvent,
  NO_STREAM,
  STREAM_EXISTS,
} from '@eventstore/db-client';
import { startEventStoreDb, type EventStoreDb } from './server';
import { Clients, numbered, range } from './testing';

describe.each([
  ['batched', true],
  ['one by one', false],
])('appends %s', (_name, batchAppend) => {
  const clients = new Clients();
  let server: EventStoreDb;
  let client: EventStoreDBClient;
  const append = (
    expectedRevision: AppendToStreamOptions['expectedRevision'],
    events = [numbered(1)],
    stream = 'a-1',
  ) => client.appendToStream(stream, events, { expectedRevision: expectedRevision ?? ANY });
  const wrong = (expectedVersion: unknown, actualVersion: unknown) => ({
    type: 'wrong-expected-version',
    expectedVersion,
    actualVersion,
  });

  beforeEach(async () => {
    server = await startEventStoreDb({ batchAppend });
    client = clients.open(server);
  });
  afterEach(async () => {
    await clients.dispose();
    await server.close();
  });

  test('answer the last revision and its position', async () => {
    const { success, nextExpectedRevision, position } = await append(NO_STREAM, range(1, 3));
    expect({ success, nextExpectedRevision }).toEqual({ success: true, nextExpectedRevision: 2n });
    const last = server.log().at(-1);
    expect(position).toEqual({ commit: last?.commit, prepare: last?.prepare });
    expect(server.calls).toMatchObject(batchAppend ? { batchAppend: 1, append: 0 } : { batchAppend: 0, append: 1 });
  });

  test('keep to the expected revision', async () => {
    await expect(append(STREAM_EXISTS)).rejects.toMatchObject(wrong('stream_exists', 'no_stream'));
    await expect(append(0n)).rejects.toMatchObject(wrong(0n, 'no_stream'));
    await append(NO_STREAM);
    await expect(append(NO_STREAM)).rejects.toMatchObject(wrong('no_stream', 0n));
    await expect(append(1n)).rejects.toMatchObject(wrong(1n, 0n));
    await append(0n);
    await append(STREAM_EXISTS);
    await append(ANY);
    expect(server.log().map(({ revision }) => revision)).toEqual([0n, 1n, 2n, 3n]);
  });

  test('of the same events are answered as the first time', async () => {
    const events = range(1, 2);
    for (const expected of [NO_STREAM, ANY] as const) {
      const stream = `a-${expected}`;
      const first = await append(expected, events, stream);
      await append(1n, [numbered(3)], stream);
      expect(await append(expected, events, stream)).toEqual(first);
    }
    expect(server.log()).toHaveLength(6);
  });

  test('of the same events elsewhere, in part or in another order are none of the same', async () => {
    const events = range(1, 3);
    await append(NO_STREAM, events);
    await expect(append(NO_STREAM, events.toReversed())).rejects.toMatchObject({ actualVersion: 2n });
    await expect(append(NO_STREAM, [...events.slice(0, 1), numbered(4)])).rejects.toMatchObject({ actualVersion: 2n });
    await expect(append(ANY, [...events.slice(0, 1), numbered(4)])).rejects.toMatchObject({ actualVersion: 2n });
    await expect(append(2n, events)).resolves.toMatchObject({ nextExpectedRevision: 5n });
    await expect(append(NO_STREAM, events, 'a-2')).resolves.toMatchObject({ nextExpectedRevision: 2n });
    // All of these are known, though they are fewer than the first time.
    await expect(append(NO_STREAM, events.slice(0, 2), 'a-2')).resolves.toMatchObject({ nextExpectedRevision: 1n });
  });

  test('have a largest size', async () => {
    const room = 1_048_576 - 2 * 'Sized'.length - '{"of":""}'.length;
    const sized = (size: number) => jsonEvent({ type: 'Sized', data: { of: 'x'.repeat(size) } });
    await append(NO_STREAM, [sized(room)]);
    await expect(append(0n, [sized(room + 1)])).rejects.toMatchObject({
      type: 'maximum-append-size-exceeded',
      maxAppendSize: 1_048_576,
    });
    await expect(append(0n, [sized(room / 2), sized(room / 2)])).rejects.toMatchObject({ maxAppendSize: 1_048_576 });
    expect(server.log()).toHaveLength(1);
  });

  test('fail on a tombstone', async () => {
    await append(NO_STREAM);
    server.tombstone('a-1');
    await expect(append(ANY)).rejects.toMatchObject({ type: 'stream-deleted', streamName: 'a-1' });
  });

  test('go on after a deletion that is none for ever', async () => {
    await append(NO_STREAM, range(1, 2));
    server.softDelete('a-1');
    await expect(append(STREAM_EXISTS)).rejects.toMatchObject({ type: 'stream-deleted' });
    await expect(append(NO_STREAM)).resolves.toMatchObject({ nextExpectedRevision: 2n });
  });

  test('far behind 2^53 keep their positions', async () => {
    await server.close();
    const firstPosition = 2n ** 53n + 1n;
    server = await startEventStoreDb({ batchAppend, firstPosition });
    client = clients.open(server);
    await expect(append(NO_STREAM)).resolves.toMatchObject({
      position: { commit: firstPosition, prepare: firstPosition },
    });
  });
});

test('an append in a batch that is late already is not done', async () => {
  const clients = new Clients();
  const server = await startEventStoreDb();
  try {
    const append = clients.open(server).appendToStream('a-1', numbered(1), { deadline: -1000 });
    await expect(append).rejects.toMatchObject({ type: 'deadline-exceeded' });
    expect(server.log()).toEqual([]);
  } finally {
    await clients.dispose();
    await server.close();
  }
});
