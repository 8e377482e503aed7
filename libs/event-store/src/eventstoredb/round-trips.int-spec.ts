import { randomUUID } from 'node:crypto';
import { type EventStoreDb, startEventStoreDb } from '../../../../test/support/eventstoredb/server';
import type { RecordedEvent } from '../event-store';
import { EventSourcing } from '../event-sourcing';
import { newStream } from '../testing/event-store.contract';
import { EventStoreDbEventStore } from './eventstoredb-event-store';

/** A counter that only goes up. */
const counter = {
  initial: 0,
  evolve: (count: number, by: number): number => count + by,
  decode: ({ data }: RecordedEvent): number => data['by'] as number,
  requestOf: () => null,
};
const plainly = {
  encode: (by: number) => ({ id: randomUUID(), type: 'Counted', data: { by }, metadata: {} }),
};
const one = (): number[] => [1];

describe.each([
  ['takes batches', true],
  ['takes no batches', false],
])('at a server that %s', (_, batchAppend) => {
  const append = batchAppend ? 'batchAppend' : 'append';
  let server: EventStoreDb;
  let store: EventStoreDbEventStore;
  let counters: EventSourcing<number, number>;
  beforeEach(async () => {
    server = await startEventStoreDb({ batchAppend });
    store = new EventStoreDbEventStore({ url: server.connectionString });
    counters = new EventSourcing(store, counter);
    // The first append finds out whether the server takes batches.
    await counters.transact(newStream(), one, plainly);
  });
  afterEach(async () => {
    await store.close();
    await server.close();
  });

  /** The calls made during the work, by kind; kinds that were not used are left out. */
  async function askedDuring(work: () => Promise<unknown>): Promise<object> {
    const before = server.calls;
    await work();
    const made = Object.entries(server.calls).map(([kind, count]) => [
      kind,
      count - before[kind as keyof typeof before],
    ]);
    return Object.fromEntries(made.filter(([, count]) => count !== 0)) as object;
  }

  it('a command on a stream that is known asks the server once', async () => {
    const stream = newStream();
    await counters.transact(stream, one, plainly);
    for (const state of [2, 3]) {
      const asked = await askedDuring(async () =>
        expect(await counters.transact(stream, one, plainly)).toMatchObject({ state, revision: state - 1 }),
      );
      expect(asked).toEqual({ [append]: 1 });
    }
  });

  it('a command on a stream that is not known asks the server twice', async () => {
    const stream = newStream();
    for (let count = 0; count < 5; count += 1) await counters.transact(stream, one, plainly);
    const elsewhere = new EventSourcing(store, counter);
    const asked = await askedDuring(async () =>
      expect(await elsewhere.transact(stream, one, plainly)).toMatchObject({ state: 6, revision: 5 }),
    );
    expect(asked).toEqual({ read: 1, [append]: 1 });
  });

  it('a command on a stream that is not there asks the server twice, and once where it is to begin one', async () => {
    expect(await askedDuring(() => counters.transact(newStream(), one, plainly))).toEqual({ read: 1, [append]: 1 });
    const beginning = { ...plainly, presumeNew: true };
    expect(await askedDuring(() => counters.transact(newStream(), one, beginning))).toEqual({ [append]: 1 });
  });

  it('a command that lost to another one asks whether what is there is its own, what it missed, and appends again', async () => {
    const stream = newStream();
    await counters.transact(stream, one, plainly);
    await new EventSourcing(store, counter).transact(stream, one, plainly);
    const asked = await askedDuring(async () =>
      expect(await counters.transact(stream, one, plainly)).toMatchObject({ state: 3, revision: 2 }),
    );
    expect(asked).toEqual({ read: 2, [append]: 2 });
  });
});
