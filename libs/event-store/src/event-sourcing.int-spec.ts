import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { temporaryFolder } from '../../../test/support/temporary-folder';
import { type EventToAppend, NO_STREAM, Overtaken, type RecordedEvent, StoreUnavailable } from './event-store';
import { EventSourcing, type Folded } from './event-sourcing';
import { chained, expectedHash, hashOf } from './hash-chain';
import { SqliteEventStore } from './sqlite/sqlite-event-store';
import { all, newStream } from './testing/event-store.contract';

/** A till: amounts go in and out, and its content is never negative. */
interface Moved {
  readonly by: number;
}
class TillIsEmpty extends Error {}

const till = {
  initial: 0,
  evolve: (sum: number, { by }: Moved): number => sum + by,
  decode: ({ data }: RecordedEvent): Moved => ({ by: data['by'] as number }),
  requestOf: ({ metadata: { request, at } }: EventToAppend) =>
    typeof request === 'string' ? { marker: request, at: typeof at === 'number' ? at : 0 } : null,
};
const encoded =
  (metadata: EventToAppend['metadata'] = {}) =>
  ({ by }: Moved): EventToAppend => ({ id: randomUUID(), type: 'Moved', data: { by }, metadata });
const plainly = { encode: encoded() };
const move =
  (by: number) =>
  (sum: number): Moved[] => {
    if (sum + by < 0) throw new TillIsEmpty();
    return [{ by }];
  };

/** The present state of a stream, by a look. */
const now = async <State, Event>(states: EventSourcing<State, Event>, stream: string): Promise<Folded<State>[]> =>
  (await states.look(1)).of([stream]);

describe('a decision on a stream', () => {
  const folder = temporaryFolder();
  const store = new SqliteEventStore(join(folder.path, 'events.sqlite'));
  afterAll(async () => {
    await store.close();
    folder.remove();
  });

  /** What stores that override one method take from this one. */
  const bound = {
    read: { value: store.read.bind(store) },
    head: { value: store.head.bind(store) },
    changes: { value: store.changes.bind(store) },
  };

  let stream: string;
  let tills: EventSourcing<number, Moved>;
  /** Another instance of the service, with its own cache. */
  let elsewhere: EventSourcing<number, Moved>;
  beforeEach(() => {
    stream = newStream();
    tills = new EventSourcing(store, till);
    elsewhere = new EventSourcing(store, till);
  });
  const recorded = (): Promise<RecordedEvent[]> => all(store.read(stream));

  it('is taken on what the log holds, and recorded', async () => {
    await tills.transact(stream, move(5), plainly);
    const after = await tills.transact(stream, move(2), plainly);
    const events = await recorded();
    expect(events.map(({ data }) => data)).toEqual([{ by: 5 }, { by: 2 }]);
    expect(after).toEqual({ state: 7, revision: 1, hash: hashOf(events[1]!), position: events[1]!.position });
    expect(await elsewhere.load(stream)).toEqual(after);
  });

  it('may record several events, or none', async () => {
    const after = await tills.transact(stream, () => [{ by: 1 }, { by: 2 }], plainly);
    expect(after).toMatchObject({ state: 3, revision: 1 });
    expect(await tills.transact(stream, () => [], plainly)).toEqual(after);
    expect(await recorded()).toHaveLength(2);
  });

  it('is not that there is nothing to do, when by now there is', async () => {
    const empty = (sum: number): Moved[] => (sum === 0 ? [] : [{ by: -sum }]);
    await tills.transact(stream, () => [{ by: 1 }, { by: -1 }], plainly);
    await elsewhere.transact(stream, move(4), plainly);
    expect(await tills.transact(stream, empty, plainly)).toMatchObject({ state: 0, revision: 3 });
  });

  it('is given the revision that it is taken at', async () => {
    const seen: number[] = [];
    const decide = (_: number, revision: number): Moved[] => {
      seen.push(revision);
      return [{ by: 1 }];
    };
    await tills.transact(stream, decide, plainly);
    await tills.transact(stream, decide, plainly);
    expect(seen).toEqual([NO_STREAM, 0]);
  });

  it('is taken anew when another got there first', async () => {
    await tills.transact(stream, move(1), plainly);
    await elsewhere.transact(stream, move(10), plainly);
    // The state that this instance remembers is outdated by now.
    expect((await tills.transact(stream, move(100), plainly)).state).toBe(111);
    expect(await recorded()).toHaveLength(3);
  });

  it('is taken anew by each of many that race, until all have their say', async () => {
    await Promise.all(
      Array.from({ length: 30 }, (_, n) => (n % 2 === 0 ? tills : elsewhere).transact(stream, move(1), plainly)),
    );
    expect((await elsewhere.load(stream)).state).toBe(30);
    expect(await recorded()).toHaveLength(30);
  });

  it('refuses those of many that race for whom nothing is left, and only those', async () => {
    await tills.transact(stream, move(3), plainly);
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? tills : elsewhere).transact(stream, move(-1), plainly)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(TillIsEmpty);
    }
    expect((await elsewhere.load(stream)).state).toBe(0);
  });

  it('is not refused for something that is no longer so', async () => {
    await tills.transact(stream, move(1), plainly);
    await elsewhere.transact(stream, move(4), plainly);
    expect((await tills.transact(stream, move(-3), plainly)).state).toBe(2);
  });

  it('is refused for something that is still so, and leaves the log as it was', async () => {
    await tills.transact(stream, move(1), plainly);
    await expect(tills.transact(stream, move(-3), plainly)).rejects.toBeInstanceOf(TillIsEmpty);
    expect(await recorded()).toHaveLength(1);
  });

  it('gives up in the end where somebody always gets there first', async () => {
    let sum = 0;
    const rude = async (): Promise<void> => {
      await elsewhere.transact(stream, move(1), plainly);
      sum += 1;
    };
    const overtaken = new EventSourcing(
      Object.assign(Object.create(store) as SqliteEventStore, {
        append: async (...args: Parameters<SqliteEventStore['append']>) => {
          await rude();
          return store.append(...args);
        },
        read: store.read.bind(store),
      }),
      till,
    );
    await expect(overtaken.transact(stream, move(1_000), plainly)).rejects.toThrow(StoreUnavailable);
    expect((await elsewhere.load(stream)).state).toBe(sum);
  });

  describe('that is only tried', () => {
    const dryRun = { ...plainly, dryRun: true };

    it('tells the state that would be, and writes nothing', async () => {
      await tills.transact(stream, move(5), plainly);
      expect(await tills.transact(stream, move(-2), dryRun)).toMatchObject({ state: 3, revision: 0 });
      expect(await recorded()).toHaveLength(1);
      expect((await tills.transact(stream, move(-5), plainly)).state).toBe(0);
    });

    it('is refused as the real one would be', async () => {
      await expect(tills.transact(stream, move(-2), dryRun)).rejects.toBeInstanceOf(TillIsEmpty);
      expect(await recorded()).toEqual([]);
    });

    it('is not taken on a state that is no longer so', async () => {
      await tills.transact(stream, move(5), plainly);
      await elsewhere.transact(stream, move(-5), plainly);
      await expect(tills.transact(stream, move(-2), dryRun)).rejects.toBeInstanceOf(TillIsEmpty);
    });
  });

  describe('that an earlier try of the same request recorded', () => {
    const request = (name: string, { at = 0, since = 0 } = {}) => ({
      encode: encoded({ request: name, at }),
      request: { marker: name, since },
    });

    it('is answered as it was then, and recorded once', async () => {
      const first = await tills.transact(stream, move(5), request('a'));
      await tills.transact(stream, move(-5), request('b'));
      expect(await tills.transact(stream, move(5), request('a'))).toEqual(first);
      expect(await elsewhere.transact(stream, move(5), request('a'))).toEqual(first);
      expect(await recorded()).toHaveLength(2);
    });

    it('is not even decided upon again, though it would be refused by now', async () => {
      await tills.transact(stream, move(5), request('a'));
      const taken = await tills.transact(stream, move(-5), request('b'));
      expect(await tills.transact(stream, move(-5), request('b'))).toEqual(taken);
    });

    it('is recognised when nothing was ever presumed to be there', async () => {
      const first = await tills.transact(stream, move(5), { ...request('a'), presumeNew: true });
      expect(await elsewhere.transact(stream, move(5), { ...request('a'), presumeNew: true })).toEqual(first);
      expect(await recorded()).toHaveLength(1);
    });

    it('is recognised though the stream has recorded more requests than are remembered', async () => {
      const first = await tills.transact(stream, move(1), request('first'));
      for (let index = 0; index < 250; index += 1) await tills.transact(stream, move(1), request(`later ${index}`)); // prettier-ignore
      expect(await tills.transact(stream, move(1), request('first'))).toEqual(first);
      expect(await recorded()).toHaveLength(251);
    });

    it('is a new one when it lies too far back', async () => {
      await tills.transact(stream, move(5), request('a', { at: 1 }));
      await tills.transact(stream, move(5), request('a', { at: 9, since: 2 }));
      await elsewhere.transact(stream, move(5), request('a', { at: 19, since: 10 }));
      expect(await recorded()).toHaveLength(3);
    });

    it('is recorded once when both tries run at the same time', async () => {
      const tries = await Promise.all([tills, elsewhere].map((it) => it.transact(stream, move(5), request('a'))));
      expect(tries[0]).toEqual(tries[1]);
      expect(await recorded()).toHaveLength(1);
    });
  });

  it('is not taken for the present state where the store told too late a place for it', async () => {
    // After a lost answer the append is sent again, and by then a server may only know where its log ends.
    const late = Object.create(store, {
      ...bound,
      append: {
        value: async (...args: Parameters<SqliteEventStore['append']>) => {
          const { revision } = await store.append(...args);
          await elsewhere.transact(stream, move(10), plainly);
          return { revision, position: await store.head() };
        },
      },
    }) as SqliteEventStore;
    const retried = new EventSourcing(late, till);
    await retried.transact(stream, move(1), plainly);
    expect(await now(retried, stream)).toEqual([await elsewhere.load(stream)]);
  });

  it('is not appended where another try has taken over, however late that is asked', async () => {
    await tills.transact(stream, move(1), plainly);
    await elsewhere.transact(stream, move(1), plainly);
    let asked = 0;
    const unlessOvertaken = async (): Promise<void> => {
      asked += 1;
      // The first append loses its race.
      if (asked === 2) throw new Overtaken();
    };
    await expect(tills.transact(stream, move(1), { ...plainly, unlessOvertaken })).rejects.toThrow(Overtaken);
    expect(await recorded()).toHaveLength(2);
    await tills.transact(stream, move(1), { ...plainly, unlessOvertaken });
    expect([asked, (await recorded()).length]).toEqual([3, 3]);
  });

  it('can be looked back upon, up to a revision', async () => {
    for (const by of [1, 2, 4]) await tills.transact(stream, move(by), plainly);
    expect(await tills.load(stream, ({ revision }) => revision <= 1)).toMatchObject({ state: 3, revision: 1 });
    expect(await tills.load(newStream())).toEqual({ state: 0, revision: NO_STREAM, hash: null, position: null });
  });
});

/** A gauge: its first event says what it measures; the others give a reading, or only say that somebody looked. */
interface Shown {
  readonly unit?: string;
  readonly value?: number;
}

describe('a stream of which a few events settle how it stands', () => {
  const folder = temporaryFolder();
  const store = new SqliteEventStore(join(folder.path, 'events.sqlite'));
  afterAll(async () => {
    await store.close();
    folder.remove();
  });

  const gauge = {
    ...till,
    initial: {} as Shown,
    evolve: (before: Shown, after: Shown): Shown => ({ ...before, ...after }),
    decode: ({ data }: RecordedEvent): Shown => data,
    settles: ({ unit, value }: Shown): boolean => unit !== undefined || value !== undefined,
  };
  const showing = (shown: Shown, metadata: EventToAppend['metadata'] = {}) => ({
    encode: (): EventToAppend => ({ id: randomUUID(), type: 'Shown', data: { ...shown }, metadata }),
  });
  const [unit, looked]: Shown[] = [{ unit: 'bar' }, {}];
  const values = (from: number, to: number): Shown[] =>
    Array.from({ length: to - from }, (_, n) => ({ value: from + n }));

  let read: number[];
  /** Runs before the next read of the end of a stream. */
  let beforeBackwards: () => Promise<void>;
  let gauges: EventSourcing<Shown, Shown>;
  beforeEach(() => {
    read = [];
    beforeBackwards = () => Promise.resolve();
    const counting = Object.create(store, {
      append: { value: store.append.bind(store) },
      changes: { value: store.changes.bind(store) },
      head: { value: store.head.bind(store) },
      read: {
        value: async function* (...args: Parameters<SqliteEventStore['read']>) {
          if (args[1]?.direction === 'backwards') {
            const happens = beforeBackwards;
            beforeBackwards = () => Promise.resolve();
            await happens();
          }
          for await (const event of store.read(...args)) {
            read.push(event.revision);
            yield event;
          }
        },
      },
    }) as SqliteEventStore;
    gauges = new EventSourcing(counting, gauge);
  });

  /** Recorded by another instance, so that this one has to read. */
  async function recorded(...all: Shown[]): Promise<string> {
    const stream = newStream();
    const elsewhere = new EventSourcing(store, gauge);
    for (const [index, shown] of all.entries()) {
      const options = { ...showing(shown, { request: `request ${index}`, at: index }) };
      await elsewhere.transact(stream, () => [shown], options);
    }
    return stream;
  }

  it.each([
    ['none', [], []],
    ['one event', [unit], [0]],
    ['two events', [unit, ...values(0, 1)], [0, 1]],
    ['many events', [unit, ...values(0, 40)], [0, 40]],
    ['many events, the last of which settle nothing', [unit, ...values(0, 40), looked, looked], [0, 40, 41, 42]],
    ['events that all settle nothing but the first', [unit, looked, looked], [0, 1, 2]],
    ['many that settle nothing', [unit, ...Array<Shown>(40).fill(looked!)], Array.from({ length: 41 }, (_, n) => n)],
  ] as [string, Shown[], number[]][])('is known by those alone where there is %s', async (_, all, seen) => {
    const stream = await recorded(...(all as [Shown, ...Shown[]]));
    const [folded] = await now(gauges, stream);
    expect(folded).toEqual(await new EventSourcing(store, gauge).load(stream));
    expect([...new Set(read)].sort((a, b) => a - b)).toEqual(seen);
  });

  it('is known anew when another has gone on', async () => {
    const stream = await recorded(unit!, ...values(0, 30));
    await now(gauges, stream);
    await new EventSourcing(store, gauge).transact(stream, () => values(99, 100), showing({ value: 99 }));
    expect(await now(gauges, stream)).toMatchObject([{ state: { unit: 'bar', value: 99 }, revision: 31 }]);
  });

  it('is read once for all who ask at the same time, as often as each of them does', async () => {
    const [stream, other] = [await recorded(unit!, ...values(0, 30)), await recorded(unit!)];
    const asked = Array.from({ length: 20 }, async () => (await gauges.look(3)).of([stream, other, stream]));
    const known = [
      await new EventSourcing(store, gauge).load(stream),
      await new EventSourcing(store, gauge).load(other),
    ];
    for (const answer of await Promise.all(asked)) expect(answer).toEqual([known[0], known[1], known[0]]);
    // The first and the last event of one stream, and the only event of the other, read from both ends.
    expect(read.sort((a, b) => a - b)).toEqual([0, 0, 0, 30]);
  });

  it('is read again for who asks later than what is being read by then', async () => {
    const stream = await recorded(unit!, ...values(0, 30));
    const elsewhere = new EventSourcing(store, gauge);
    let later: Promise<Folded<Shown>[]> | undefined;
    // When the second asks, the first is still reading, and has read an end that is no longer the end.
    const old = Object.create(store, {
      changes: { value: store.changes.bind(store) },
      head: { value: store.head.bind(store) },
      read: {
        value: async function* (...args: Parameters<SqliteEventStore['read']>) {
          for await (const event of store.read(...args)) {
            if (args[1]?.direction === 'backwards' && later === undefined) {
              await elsewhere.transact(stream, () => values(99, 100), showing({ value: 99 }));
              later = now(both, stream);
              await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
            }
            yield event;
          }
        },
      },
    }) as SqliteEventStore;
    const both = new EventSourcing(old, gauge);
    await now(both, stream);
    expect(await later).toMatchObject([{ state: { unit: 'bar', value: 99 }, revision: 31 }]);
  });

  it('is not told to any of those who waited where reading it failed, and asked for again by the next', async () => {
    const stream = await recorded(unit!);
    beforeBackwards = () => Promise.reject(new StoreUnavailable('away'));
    const asked = await Promise.allSettled([now(gauges, stream), now(gauges, stream)]);
    expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await now(gauges, stream)).toEqual([await new EventSourcing(store, gauge).load(stream)]);
  });

  it('is not there at all, where it began between the two reads of it', async () => {
    const stream = newStream();
    const elsewhere = new EventSourcing(store, gauge);
    // The read of its end is late, like one that is retried.
    beforeBackwards = async () => {
      await elsewhere.transact(stream, () => [unit!], showing(unit!));
      await elsewhere.transact(stream, () => values(5, 6), showing({ value: 5 }));
    };
    expect(await now(gauges, stream)).toMatchObject([{ state: gauge.initial, revision: NO_STREAM }]);
    expect(await now(gauges, stream)).toEqual([await elsewhere.load(stream)]);
  });

  it('has recorded each request all the same, and takes a new one', async () => {
    const stream = await recorded(unit!, ...values(0, 30));
    await now(gauges, stream);
    const asked = (marker: string) => ({
      ...showing({ value: 7 }, { request: marker, at: 50 }),
      request: { marker, since: 0 },
    });
    expect(await gauges.transact(stream, () => values(7, 8), asked('request 20'))).toMatchObject({ revision: 20 });
    await now(gauges, stream);
    expect(await gauges.transact(stream, () => values(7, 8), asked('a new one'))).toMatchObject({ revision: 31 });
    expect(await gauges.transact(stream, () => values(7, 8), asked('a new one'))).toMatchObject({ revision: 31 });
    expect(await all(store.read(stream))).toHaveLength(32);
  });
});

describe('the chain of hashes', () => {
  const folder = temporaryFolder();
  const store = new SqliteEventStore(join(folder.path, 'events.sqlite'));
  afterAll(async () => {
    await store.close();
    folder.remove();
  });

  const written = async (): Promise<RecordedEvent[]> => {
    const stream = newStream();
    const tills = new EventSourcing(store, till);
    const noted = { encode: encoded({ note: 'Ünïcode 🤝', '7': null }) };
    await tills.transact(stream, move(1), noted);
    await tills.transact(stream, () => [{ by: 2 }, { by: 3 }], noted);
    await new EventSourcing(store, till).transact(stream, move(4), noted);
    return all(store.read(stream));
  };

  it('goes through every event of a stream, whoever appended it and however many at once', async () => {
    const events = await written();
    expect(events).toHaveLength(4);
    events.forEach((event, index) => {
      expect(hashOf(event)).toMatch(/^[0-9a-f]{64}$/);
      expect(hashOf(event)).toBe(expectedHash(event));
      expect(event.metadata['previous-hash']).toBe(index === 0 ? null : hashOf(events[index - 1]!));
    });
  });

  it.each<[string, (event: RecordedEvent) => Partial<RecordedEvent>]>([
    ['its data', () => ({ data: { by: 1_000 } })],
    ['the order of its data', () => ({ data: { extra: 1, by: 1 } })],
    ['its type', () => ({ type: 'Moved ' })],
    ['its id', () => ({ id: randomUUID() })],
    ['its stream', () => ({ stream: newStream() })],
    ['its revision', ({ revision }) => ({ revision: revision + 1 })],
    ['its metadata', ({ metadata }) => ({ metadata: { ...metadata, note: 'nothing happened' } })],
    ['its predecessor', ({ metadata }) => ({ metadata: { ...metadata, 'previous-hash': 'f'.repeat(64) } })],
  ])('shows when somebody changes %s', async (_, change) => {
    for (const event of await written()) {
      const tampered = { ...event, ...change(event) };
      expect(expectedHash(tampered)).not.toBe(hashOf(tampered));
    }
  });

  it('shows at the next event when somebody changes one and makes up its hash anew', async () => {
    const [first, second] = await written();
    const { hash: _, 'previous-hash': previous, ...metadata } = first!.metadata;
    expect(previous).toBeNull();
    const forged = chained({ ...first!, data: { by: 1_000 }, metadata }, first!.stream, 0, null);
    expect(expectedHash({ ...first!, ...forged })).toBe(hashOf(forged));
    expect(second!.metadata['previous-hash']).not.toBe(hashOf(forged));
  });

  it('is computed as the documentation says, so that anybody can', async () => {
    const event: EventToAppend = {
      id: '0197a000-0000-7000-8000-000000000001',
      type: 'Moved',
      data: { by: 1 },
      metadata: { note: 'x' },
    };
    // printf 'connections/event/v1\ntill-1\n0\nMoved\n<id>\n{"by":1}\n{"note":"x","previous-hash":null}\n' | sha256sum
    expect(hashOf(chained(event, 'till-1', 0, null))).toBe(
      'ea284edc8eb2686fd387841b57596b5b5c009832272619663a80cebdfa2297d5',
    );
  });
});
