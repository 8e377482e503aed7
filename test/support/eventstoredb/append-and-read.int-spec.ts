import { EventStoreDBClient, FORWARDS, jsonEvent, NO_STREAM, START, streamNameFilter } from '@eventstore/db-client';
import { startEventStoreDb, type EventStoreDb } from './server';

let server: EventStoreDb;
let client: EventStoreDBClient;
beforeEach(async () => {
  server = await startEventStoreDb();
  client = EventStoreDBClient.connectionString(server.connectionString);
});
afterEach(async () => {
  await client.dispose();
  await server.close();
});

const event = (n: number) => jsonEvent({ type: 'Happened', data: { n } });

test.each([true, false])('appends and reads', async (plain) => {
  const options = plain ? { credentials: { username: 'a', password: 'b' } } : {};
  const done = await client.appendToStream('a-1', [event(1), event(2)], { expectedRevision: NO_STREAM, ...options });
  expect(done.nextExpectedRevision).toBe(1n);
  const read = [];
  for await (const { event: e } of client.readStream('a-1', { direction: FORWARDS, fromRevision: START }))
    read.push(e?.data);
  expect(read).toEqual([{ n: 1 }, { n: 2 }]);
  expect(server.calls).toMatchObject({ append: plain ? 1 : 0, batchAppend: plain ? 0 : 1, read: 1 });
  await expect(client.appendToStream('a-1', event(3), { expectedRevision: 0n, ...options })).rejects.toMatchObject({
    type: 'wrong-expected-version',
    actualVersion: 1n,
  });
});

test('subscribes', async () => {
  await client.appendToStream('a-1', [event(1), event(2)]);
  await client.appendToStream('b-1', [event(1), event(2)]);
  const seen: unknown[] = [];
  const subscription = client.subscribeToAll({
    filter: streamNameFilter({ prefixes: ['a-'], checkpointReached: async (_s, p) => void seen.push(p) }),
  });
  await new Promise((r) =>
    subscription.on('data', (e) => seen.push(e.event?.data)).once('caughtUp' as never, r as never),
  );
  await server.stop();
  await server.restart();
  expect(seen).toEqual(
    [{ n: 1 }, { n: 2 }, server.log()[1]].map((e, i) => (i < 2 ? e : expect.objectContaining({ commit: 4226n }))),
  );
});
