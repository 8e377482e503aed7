import {
  type AllStreamSubscription,
  END,
  type EventStoreDBClient,
  eventTypeFilter,
  jsonEvent,
  type ReadPosition,
  START,
  streamNameFilter,
} from '@eventstore/db-client';
import { startEventStoreDb, type EventStoreDb } from './server';
import { Clients, Listener, numbered, range } from './testing';

const clients = new Clients();
let server: EventStoreDb;
let client: EventStoreDBClient;
let listener: Listener;

beforeEach(async () => {
  server = await startEventStoreDb();
  client = clients.open(server);
  listener = new Listener();
});
afterEach(async () => {
  await clients.dispose();
  await server.close();
});

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const placeOf = (index: number) => {
  const { commit, prepare } = server.log().at(index)!;
  return { commit, prepare };
};

/** Subscribes to the streams of category `a`. */
function subscribe(from: ReadPosition = START, checkpointInterval = 1): AllStreamSubscription {
  const { checkpointReached } = listener;
  const filter = streamNameFilter({ prefixes: ['a-'], checkpointInterval, checkpointReached });
  const subscription = client.subscribeToAll({ fromPosition: from, filter });
  listener.listen(subscription);
  return subscription;
}

describe('to $all', () => {
  test('sends what is there, says so, and sends what comes', async () => {
    await client.appendToStream('a-1', range(1, 2));
    await client.appendToStream('b-1', range(3, 3));
    subscribe();
    await listener.until(({ heard }) => heard.includes('caught up'));
    await client.appendToStream('b-1', range(4, 4));
    await client.appendToStream('a-2', range(5, 5));
    await listener.until(({ numbers: heard }) => heard.length === 3);
    expect(listener.heard).toEqual(['confirmed', 1, 2, placeOf(1), 'caught up', 5]);
  });

  test('begins after a position', async () => {
    await client.appendToStream('a-1', range(1, 3));
    subscribe(placeOf(1));
    await listener.until(({ heard }) => heard.includes('caught up'));
    expect(listener.numbers).toEqual([3]);
  });

  test('begins with what comes when it begins at the end', async () => {
    await client.appendToStream('a-1', range(1, 3));
    subscribe(END);
    await listener.until(({ heard }) => heard.includes('caught up'));
    await client.appendToStream('a-1', range(4, 4));
    await listener.until(({ numbers: heard }) => heard.length > 0);
    expect(listener.heard).toEqual(['confirmed', 'caught up', 4]);
  });

  test('begins nowhere but where a record does', async () => {
    await client.appendToStream('a-1', range(1, 3));
    const { commit, prepare } = placeOf(1);
    subscribe({ commit: commit + 1n, prepare });
    await listener.until(({ heard }) => heard.length === 2);
    expect(listener.heard).toEqual(['confirmed', { error: 'unknown' }]);
  });

  test('gives a checkpoint whenever an interval of events was looked at, and on going live', async () => {
    server.writeSystemEvents(64);
    await client.appendToStream('a-1', range(1, 1));
    server.writeSystemEvents(70);
    subscribe(START, 2);
    await listener.until(({ heard }) => heard.includes('caught up'));
    // Pages have 32 events. The interval is reached with the second and the fourth page, so their first or last events
    // are reported; the fifth page is the last, and begins right after the fourth.
    const begins = (page: number) => ({ commit: placeOf(page * 32).commit, prepare: 0n });
    expect(listener.heard).toEqual(['confirmed', begins(1), 1, begins(3), begins(4), 'caught up']);
  });

  test('gives no checkpoint before everything, nor one twice', async () => {
    server.writeSystemEvents(64);
    subscribe();
    await listener.until(({ heard }) => heard.includes('caught up'));
    const begins = { commit: placeOf(32).commit, prepare: 0n };
    expect(listener.heard).toEqual(['confirmed', begins, server.log().at(-1)?.next, 'caught up']);
  });

  test('counts on when an interval ended within a page', async () => {
    await client.appendToStream('a-1', range(1, 300));
    const { checkpointReached } = listener;
    const filter = streamNameFilter({ prefixes: ['a-'], maxSearchWindow: 100, checkpointReached });
    listener.listen(client.subscribeToAll({ filter }));
    await listener.until(({ heard }) => heard.includes('caught up'));
    // A page has 32 events: four of them reach the first hundred, and three more the second.
    expect(listener.checkpoints).toEqual([placeOf(4 * 32 - 1), placeOf(7 * 32 - 1), placeOf(-1)]);
  });

  test('sends once what comes before it has caught up', async () => {
    const padded = (from: number, to: number) =>
      numbers(from, to).map((number) => jsonEvent({ type: 'Padded', data: { number, padding: 'x'.repeat(10_000) } }));
    for (const from of [1, 81, 161]) await client.appendToStream('a-1', padded(from, from + 79));
    const subscription = subscribe();
    await listener.until(({ numbers: heard }) => heard.length > 0);
    subscription.pause();
    await client.appendToStream('a-1', padded(241, 250));
    subscription.resume();
    await listener.until(({ heard }) => heard.includes('caught up'));
    await client.appendToStream('a-1', padded(251, 251));
    await listener.until(({ numbers: heard }) => heard.includes(251));
    expect(listener.numbers).toEqual(numbers(1, 251));
    expect(listener.heard).not.toContain('fell behind');
  });

  test('moves the checkpoint of an idle subscription', async () => {
    subscribe();
    await listener.until(({ heard }) => heard.includes('caught up'));
    server.writeSystemEvents(31);
    await client.appendToStream('a-1', numbered(1));
    server.writeSystemEvents(33);
    await listener.until(({ checkpoints }) => checkpoints.length === 2);
    expect(listener.heard).toEqual(['confirmed', 'caught up', 1, placeOf(31), placeOf(63)]);
  });

  test('looks at as many events at a time as the filter says', async () => {
    server.writeSystemEvents(100);
    const { checkpointReached } = listener;
    const filter = streamNameFilter({
      prefixes: ['a-'],
      maxSearchWindow: 10,
      checkpointInterval: 3,
      checkpointReached,
    });
    listener.listen(client.subscribeToAll({ filter }));
    await listener.until(({ heard }) => heard.includes('caught up'));
    const begins = [20, 50, 80].map((index) => ({ commit: placeOf(index).commit, prepare: 0n }));
    expect(listener.checkpoints).toEqual([...begins, server.log().at(-1)?.next]);
  });

  test.each([
    ['names', streamNameFilter({ regex: '^a-.*[02468]$' }), [2, 4]],
    ['types', eventTypeFilter({ prefixes: ['Odd', 'Even'] }), [1, 2, 3, 4]],
    ['types by pattern', eventTypeFilter({ regex: 'd$' }), [1, 3]],
  ])('filters by %s', async (_name, filter, expected) => {
    for (const number of [1, 2, 3, 4]) {
      const type = number % 2 === 0 ? 'Even' : 'Odd';
      await client.appendToStream(`a-${number}`, jsonEvent({ type, data: { number } }));
    }
    server.writeSystemEvents(1);
    listener.listen(client.subscribeToAll({ filter }));
    await listener.until(({ heard }) => heard.includes('caught up'));
    expect(listener.numbers).toEqual(expected);
  });

  test('falls behind when the client is slow, and loses nothing', async () => {
    const subscription = subscribe();
    await listener.until(({ heard }) => heard.includes('caught up'));
    subscription.pause();
    const padding = 'x'.repeat(10_000);
    for (let number = 1; number <= 300; number += 1) {
      await client.appendToStream('a-1', jsonEvent({ type: 'Padded', data: { number, padding } }));
    }
    subscription.resume();
    await listener.until(({ numbers: heard }) => heard.length >= 300);
    expect(listener.numbers).toEqual(numbers(1, 300));
    expect(listener.heard).toContain('fell behind');
    await listener.until(({ heard }) => heard.filter((said) => said === 'caught up').length === 2);
  });
});

describe('to a stream', () => {
  test('sends what is there, says so, and sends what comes', async () => {
    await client.appendToStream('a-1', range(1, 100));
    listener.listen(client.subscribeToStream('a-1', { fromRevision: 96n }));
    await listener.until(({ heard }) => heard.includes('caught up'));
    await client.appendToStream('a-2', range(101, 101));
    await client.appendToStream('a-1', range(102, 102));
    await listener.until(({ numbers: heard }) => heard.includes(102));
    expect(listener.heard).toEqual(['confirmed', 98, 99, 100, 'caught up', 102]);
  });

  test('waits for a stream that is not there', async () => {
    listener.listen(client.subscribeToStream('a-1'));
    await listener.until(({ heard }) => heard.includes('caught up'));
    await client.appendToStream('a-1', range(1, 1));
    await listener.until(({ numbers: heard }) => heard.length === 1);
    expect(listener.numbers).toEqual([1]);
  });

  test('ends with a tombstone', async () => {
    await client.appendToStream('a-1', range(1, 1));
    listener.listen(client.subscribeToStream('a-1', { fromRevision: END }));
    await listener.until(({ heard }) => heard.includes('caught up'));
    server.tombstone('a-1');
    await listener.until(({ heard }) => heard.length === 3);
    expect(listener.heard).toEqual(['confirmed', 'caught up', { error: 'stream-deleted' }]);
  });
});
