import { BACKWARDS, END, type EventStoreDBClient, START } from '@eventstore/db-client';
import { startEventStoreDb, type EventStoreDb } from './server';
import { Clients, numbersOf, range } from './testing';

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

const UNKNOWN_POSITION = { commit: 2n ** 64n - 1n, prepare: 2n ** 64n - 1n };

describe('a stream', () => {
  beforeEach(async () => {
    await serve();
    await client.appendToStream('a-1', range(0, 99));
    await client.appendToStream('b-1', range(1000, 1009));
  });

  test('is read from any revision, both ways', async () => {
    const all = Array.from({ length: 100 }, (_, index) => index);
    expect(await numbersOf(client.readStream('a-1'))).toEqual(all);
    expect(await numbersOf(client.readStream('a-1', { fromRevision: 7n, maxCount: 3 }))).toEqual([7, 8, 9]);
    expect(await numbersOf(client.readStream('a-1', { fromRevision: 100n }))).toEqual([]);
    const backwards = { direction: BACKWARDS, fromRevision: END } as const;
    expect(await numbersOf(client.readStream('a-1', backwards))).toEqual(all.toReversed());
    expect(await numbersOf(client.readStream('a-1', { ...backwards, maxCount: 1 }))).toEqual([99]);
    expect(await numbersOf(client.readStream('a-1', { ...backwards, fromRevision: 1n }))).toEqual([1, 0]);
  });

  test('comes back as it was written', async () => {
    const [stored] = server.log();
    for await (const { event, commitPosition } of client.readStream('a-1', { maxCount: 1 })) {
      const { id, type, revision, created } = stored!;
      expect(event).toMatchObject({ id, type, revision, streamId: 'a-1', isJson: true, created: new Date(created) });
      expect(event).toMatchObject({ position: { commit: stored?.commit, prepare: stored?.prepare } });
      expect(commitPosition).toBe(stored?.commit);
    }
    expect.assertions(3);
  });

  test('that is not there, or was deleted, is not found', async () => {
    server.softDelete('b-1');
    for (const stream of ['a-2', 'b-1']) {
      await expect(numbersOf(client.readStream(stream))).rejects.toMatchObject({
        type: 'stream-not-found',
        streamName: stream,
      });
    }
    await client.appendToStream('b-1', range(1010, 1011));
    expect(await numbersOf(client.readStream('b-1'))).toEqual([1010, 1011]);
  });

  test('with a tombstone is told apart', async () => {
    server.tombstone('a-1');
    await expect(numbersOf(client.readStream('a-1'))).rejects.toMatchObject({
      type: 'stream-deleted',
      streamName: 'a-1',
    });
  });

  test('that was truncated begins above 0', async () => {
    server.truncate('a-1', 97n);
    expect(await numbersOf(client.readStream('a-1', { fromRevision: START }))).toEqual([97, 98, 99]);
    expect(await numbersOf(client.readStream('a-1', { direction: BACKWARDS, fromRevision: END }))).toEqual([
      99, 98, 97,
    ]);
    await client.setStreamMetadata('b-1', { maxCount: 2 });
    expect(await numbersOf(client.readStream('b-1'))).toEqual([1008, 1009]);
  });
});

describe('$all', () => {
  const EVENTS = { fromPosition: START } as const;

  test('is read from any position, both ways', async () => {
    await serve({ firstPosition: 2n ** 60n });
    await client.appendToStream('a-1', range(1, 2));
    await client.appendToStream('b-1', range(3, 4));
    const place = ({ commit, prepare }: { commit: bigint; prepare: bigint }) => ({ commit, prepare });
    const places = server.log().map(place);
    expect(places[0]).toEqual({ commit: 2n ** 60n, prepare: 2n ** 60n });
    expect(await numbersOf(client.readAll(EVENTS))).toEqual([1, 2, 3, 4]);
    expect(await numbersOf(client.readAll({ fromPosition: places[1]!, maxCount: 2 }))).toEqual([2, 3]);
    expect(await numbersOf(client.readAll({ fromPosition: END }))).toEqual([]);
    const backwards = { direction: BACKWARDS } as const;
    expect(await numbersOf(client.readAll({ ...backwards, fromPosition: END }))).toEqual([4, 3, 2, 1]);
    expect(await numbersOf(client.readAll({ ...backwards, fromPosition: places[1]! }))).toEqual([1]);
    const read = [];
    for await (const { event } of client.readAll(EVENTS)) read.push(event?.position);
    expect(read).toEqual(places);
  });

  test('is not read from within a record', async () => {
    await serve({ firstPosition: 2n ** 60n });
    await client.appendToStream('a-1', range(1, 2));
    const { commit, prepare } = server.log()[1]!;
    for (const by of [1n, -1n]) {
      const fromPosition = { commit: commit + by, prepare: prepare + by };
      await expect(numbersOf(client.readAll({ fromPosition }))).rejects.toMatchObject({
        code: 3,
        message: expect.stringContaining('Trying to read from an invalid position.'),
      });
    }
  });

  test('tells two positions of events with a commit record, which their stream does not know', async () => {
    await serve({ commitRecords: true });
    await client.appendToStream('a-1', range(1, 2));
    await client.appendToStream('a-1', range(3, 3));
    const positions = [];
    for await (const { event } of client.readAll(EVENTS)) positions.push(event!.position);
    const [one, two, three] = positions;
    expect(one!.commit).toBe(two!.commit);
    expect(one!.prepare < two!.prepare && two!.prepare < two!.commit).toBe(true);
    expect(three!.commit > two!.commit && three!.commit === three!.prepare).toBe(true);
    expect(await numbersOf(client.readAll({ fromPosition: two! }))).toEqual([2, 3]);
    const inStream = [];
    for await (const { event } of client.readStream('a-1')) inStream.push(event!.position);
    expect(inStream).toEqual([UNKNOWN_POSITION, UNKNOWN_POSITION, three]);
  });
});
