import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import {
  AppendTooLarge,
  type Appended,
  eventIn,
  type EventStore,
  type EventToAppend,
  type JsonObject,
  type LoggedEvent,
  MAXIMUM_APPEND_BYTES,
  NO_STREAM,
  type Position,
  type ReadOptions,
  type RecordedEvent,
  START,
  StoreClosed,
  type WrittenEvent,
  WrongExpectedRevision,
} from '../event-store';

/** A store under test. The log behind it need not be empty: every test uses streams of its own. */
export interface OpenedStore {
  readonly store: EventStore;
  /** Opens the same log once more, as another process would. The suite closes it. */
  readonly reopen: () => Promise<EventStore>;
  /** Closes `store`, if it is still open, and what it stands on. */
  readonly cleanup: () => Promise<void>;
  /** The prefix of stream names, if it is not `connection-`. */
  readonly streamPrefix?: string;
  /** Whether other applications may write to the log at any time; their events are not ours. */
  readonly isShared?: boolean;
}

/** A stream that nobody has used before. */
export const newStream = (): string => unused('connection-');

const unused = (prefix: string): string => prefix + randomUUID().replaceAll('-', '');

/** A new event with a random id. */
export const event = (data: JsonObject = {}, metadata: JsonObject = {}): EventToAppend => ({
  id: randomUUID(),
  type: 'SomethingHappened',
  data,
  metadata,
});

/** New events, numbered by `data.n`. */
export const events = (count: number): EventToAppend[] => Array.from({ length: count }, (_, n) => event({ n }));

/** Collects the events of a read. */
export async function all(reading: AsyncIterable<RecordedEvent>): Promise<RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  for await (const recorded of reading) found.push(recorded);
  return found;
}

/** Follows the log after a position until it has given this many events of these streams, and returns those. */
export async function follow(
  store: EventStore,
  options: { readonly after: Position; readonly streams: readonly string[]; readonly count: number },
): Promise<LoggedEvent[]> {
  const found: LoggedEvent[] = [];
  for await (const { events: given } of store.subscribe({ after: options.after, batchSize: 7 })) {
    found.push(...given.filter((recorded) => options.streams.includes(recorded.stream)));
    if (found.length >= options.count) break;
  }
  return found;
}

/** Not every store tells positions to readers of a single stream. */
const withoutPosition = ({ position: _, ...recorded }: RecordedEvent): object => recorded;

const revisions = (found: readonly RecordedEvent[]): number[] => found.map((recorded) => recorded.revision);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const isConflict = (result: PromiseSettledResult<Appended>): boolean =>
  result.status === 'rejected' && result.reason instanceof WrongExpectedRevision;

/** The contract of the port. Run it in an integration test of each adapter. */
export function describeEventStore(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name}, as an event store,`, () => {
    let opened: OpenedStore;
    let store: EventStore;
    const unusedStream = (): string => unused(opened.streamPrefix ?? 'connection-');
    const read = (stream: string, options?: ReadOptions): Promise<RecordedEvent[]> => all(store.read(stream, options));

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.cleanup());

    describe('appends', () => {
      it('to a new stream, from revision 0 on', async () => {
        const stream = unusedStream();
        const appended = await store.append(stream, NO_STREAM, [event()]);
        expect(appended.revision).toBe(0);
        expect(revisions(await read(stream))).toEqual([0]);
      });

      it('behind what is there, in order and without gaps', async () => {
        const stream = unusedStream();
        const written = events(6);
        await store.append(stream, NO_STREAM, written.slice(0, 1));
        await store.append(stream, 0, written.slice(1, 4));
        expect((await store.append(stream, 3, written.slice(4))).revision).toBe(5);
        const found = await read(stream);
        expect(found.map(({ id }) => id)).toEqual(written.map(({ id }) => id));
        expect(revisions(found)).toEqual(upTo(6));
      });

      it('and answers with the place of the last event', async () => {
        const stream = unusedStream();
        const appended = await store.append(stream, NO_STREAM, events(3));
        const last = (await follow(store, { after: START, streams: [stream], count: 3 })).at(-1);
        expect(appended).toEqual({ revision: last?.revision, position: last?.position });
      });

      it('all events or none', async () => {
        const stream = unusedStream();
        await store.append(stream, NO_STREAM, events(2));
        await expect(store.append(stream, 0, events(5))).rejects.toThrow(WrongExpectedRevision);
        expect(await read(stream)).toHaveLength(2);
      });

      it('nothing at all only as a mistake', async () => {
        const stream = unusedStream();
        await expect(store.append(stream, NO_STREAM, [])).rejects.toThrow(RangeError);
        expect(await read(stream)).toEqual([]);
      });
    });

    describe('refuses', () => {
      it('an append to a stale revision, and says where the stream is', async () => {
        const stream = unusedStream();
        await store.append(stream, NO_STREAM, events(3));
        await expect(store.append(stream, 1, [event()])).rejects.toThrow(
          expect.objectContaining({ stream, expected: 1, actual: 2 }),
        );
        await expect(store.append(stream, 1, [event()])).rejects.toBeInstanceOf(WrongExpectedRevision);
        expect(await read(stream)).toHaveLength(3);
      });

      it('to create a stream twice', async () => {
        const stream = unusedStream();
        await store.append(stream, NO_STREAM, [event()]);
        await expect(store.append(stream, NO_STREAM, [event()])).rejects.toThrow(
          expect.objectContaining({ expected: NO_STREAM, actual: 0 }),
        );
        expect(await read(stream)).toHaveLength(1);
      });

      it('an append ahead of the stream, and one to a stream that is not there', async () => {
        const stream = unusedStream();
        await expect(store.append(stream, 0, [event()])).rejects.toThrow(
          expect.objectContaining({ expected: 0, actual: NO_STREAM }),
        );
        await store.append(stream, NO_STREAM, [event()]);
        await expect(store.append(stream, 1, [event()])).rejects.toBeInstanceOf(WrongExpectedRevision);
        expect(await read(stream)).toHaveLength(1);
      });
    });

    describe('lets exactly one of several win', () => {
      it.each([2, 50])('when %i create one stream at once', async (count) => {
        const stream = unusedStream();
        const rivals = events(count);
        const results = await Promise.allSettled(rivals.map((rival) => store.append(stream, NO_STREAM, [rival])));
        const winners = rivals.filter((_, index) => results[index]?.status === 'fulfilled');
        expect(winners).toHaveLength(1);
        expect(results.filter(isConflict)).toHaveLength(count - 1);
        expect((await read(stream)).map(({ id }) => id)).toEqual([winners[0]?.id]);
      });

      it.each([2, 50])('when %i append to one revision at once', async (count) => {
        const stream = unusedStream();
        await store.append(stream, NO_STREAM, [event()]);
        const results = await Promise.allSettled(upTo(count).map(() => store.append(stream, 0, [event()])));
        expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        expect(results.filter(isConflict)).toHaveLength(count - 1);
        expect(revisions(await read(stream))).toEqual([0, 1]);
      });

      it('when two handles on one log append to one revision at once', async () => {
        const other = await opened.reopen();
        try {
          const stream = unusedStream();
          for (let revision = NO_STREAM; revision < 10; revision += 1) {
            const results = await Promise.allSettled(
              [store, other].map((it) => it.append(stream, revision, [event()])),
            );
            expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
            expect(results.filter(isConflict)).toHaveLength(1);
          }
          expect(revisions(await read(stream))).toEqual(upTo(11));
        } finally {
          await other.close();
        }
      });

      it('and each of 20 in the end, when the losers try again', async () => {
        const stream = unusedStream();
        const writer = async (mine: EventToAppend): Promise<void> => {
          for (let expected = NO_STREAM; ;) {
            try {
              await store.append(stream, expected, [mine]);
              return;
            } catch (error) {
              if (!(error instanceof WrongExpectedRevision)) throw error;
              expected = error.actual;
            }
          }
        };
        const all = events(20);
        await Promise.all(all.map(writer));
        const found = await read(stream);
        expect(revisions(found)).toEqual(upTo(20));
        expect(new Set(found.map(({ id }) => id))).toEqual(new Set(all.map(({ id }) => id)));
      });
    });

    describe('recognises', () => {
      it('the same events appended again, and answers as the first time', async () => {
        const stream = unusedStream();
        const [first, second] = [events(1), events(3)];
        await store.append(stream, NO_STREAM, first);
        const appended = await store.append(stream, 0, second);
        await store.append(stream, 3, events(2));
        expect(await store.append(stream, 0, second)).toEqual(appended);
        expect(await read(stream)).toHaveLength(6);
      });

      it('the same creation appended again', async () => {
        const stream = unusedStream();
        const mine = events(1);
        const appended = await store.append(stream, NO_STREAM, mine);
        expect(await store.append(stream, NO_STREAM, mine)).toEqual(appended);
        expect(await read(stream)).toHaveLength(1);
      });

      it('the same events appended twice at once', async () => {
        const stream = unusedStream();
        const mine = events(2);
        const [one, other] = await Promise.all([1, 2].map(() => store.append(stream, NO_STREAM, mine)));
        expect(one).toEqual(other);
        expect(await read(stream)).toHaveLength(2);
      });

      it('that events are not the same when one of them differs', async () => {
        const stream = unusedStream();
        const mine = events(2);
        await store.append(stream, NO_STREAM, mine);
        const differing = store.append(stream, NO_STREAM, [...mine.slice(0, 1), event()]);
        await expect(differing).rejects.toBeInstanceOf(WrongExpectedRevision);
        const longer = store.append(stream, NO_STREAM, [...mine, event()]);
        await expect(longer).rejects.toBeInstanceOf(WrongExpectedRevision);
        expect(await read(stream)).toHaveLength(2);
      });
    });

    describe('gives back', () => {
      const keeps = async (data: JsonObject, metadata: JsonObject): Promise<void> => {
        const stream = unusedStream();
        const written = event(data, metadata);
        await store.append(stream, NO_STREAM, [written]);
        const [recorded] = await read(stream);
        const { id, type, data: foundData, metadata: foundMetadata } = recorded!;
        expect({ id, type, data: foundData, metadata: foundMetadata }).toEqual(written);
        // The hash chain covers the text, so the order of members is preserved as well.
        expect(JSON.stringify([foundData, foundMetadata])).toBe(JSON.stringify([data, metadata]));
      };

      it('nested and empty values, null and booleans', () =>
        keeps({ a: { b: [{ c: null }, [], {}, [[true, false]]] }, empty: '' }, { b: 1, a: { z: 0, y: null } }));
      it('text in any script, control characters and lone surrogates', () =>
        keeps({ text: 'Ünïcode 🤝 العربية 中文 \u0000\u0001\u2028\ufeff \ud800 "\\/\b\f\n\r\t' }, { '🤝': '\udfff' }));
      it('numbers large and small', () =>
        keeps({ numbers: [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 1e308, 5e-324, 0.1, 0, -1.5] }, {}));
      it('keys that look odd', () =>
        keeps(
          JSON.parse(
            '{"__proto__":{"polluted":true},"constructor":1,"":2," ":3,"10":4,"2":5,"a.b":6,"$type":7}',
          ) as JsonObject,
          JSON.parse('{"__proto__":[1],"toString":"x","$correlationId":"y","\\u0000":null}') as JsonObject,
        ));
      it('whatever JSON can say', () =>
        fc.assert(
          fc.asyncProperty(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()), (value, members) =>
            keeps(
              JSON.parse(JSON.stringify({ value })) as JsonObject,
              JSON.parse(JSON.stringify(members)) as JsonObject,
            ),
          ),
          { numRuns: 25 },
        ));
      it('an event with its stream, its revision and its position', async () => {
        const stream = unusedStream();
        const written = event({ a: 1 }, { b: 2 });
        const { position } = await store.append(stream, NO_STREAM, [written]);
        const recorded = { ...written, stream, revision: 0, position };
        expect((await read(stream)).map(withoutPosition)).toEqual([withoutPosition(recorded)]);
        expect(await follow(store, { after: START, streams: [stream], count: 1 })).toEqual([recorded]);
      });
    });

    describe('takes', () => {
      // The stored size of `{"text":""}` and `{}`.
      const overhead = 13;
      const sized = (bytes: number): EventToAppend => event({ text: 'x'.repeat(bytes - overhead) });

      it('an append of exactly the largest size', async () => {
        const stream = unusedStream();
        const written = sized(MAXIMUM_APPEND_BYTES);
        await store.append(stream, NO_STREAM, [written]);
        expect((await read(stream))[0]?.data).toEqual(written.data);
      });

      it.each([
        ['one byte more', [sized(MAXIMUM_APPEND_BYTES + 1)]],
        ['too much in several events', [sized(MAXIMUM_APPEND_BYTES / 2), sized(MAXIMUM_APPEND_BYTES / 2 + 1)]],
        ['too much in bytes, though not in characters', [event({ text: 'ü'.repeat(MAXIMUM_APPEND_BYTES / 2) })]],
        ['too much in the metadata', [event({}, { text: 'x'.repeat(MAXIMUM_APPEND_BYTES) })]],
      ])('nothing of %s', async (_, tooLarge) => {
        const stream = unusedStream();
        await expect(store.append(stream, NO_STREAM, tooLarge)).rejects.toBeInstanceOf(AppendTooLarge);
        expect(await read(stream)).toEqual([]);
        expect((await store.append(stream, NO_STREAM, [event()])).revision).toBe(0);
      });
    });

    describe('reads', () => {
      const count = 1_100;
      let stream: string;
      beforeEach(async () => {
        stream = unusedStream();
        for (let start = 0; start < count; start += 275) await store.append(stream, start - 1, events(275));
      });
      const backwards = upTo(count).reverse();

      it.each<[string, ReadOptions, number[]]>([
        ['a long stream from its beginning', {}, upTo(count)],
        ['from a revision on, itself included', { from: 600 }, upTo(count).slice(600)],
        ['no more than asked for', { limit: 3 }, [0, 1, 2]],
        ['no more than asked for, beyond a page', { limit: 600 }, upTo(600)],
        ['a part in the middle', { from: 500, limit: 20 }, upTo(520).slice(500)],
        ['backwards from the end', { direction: 'backwards' }, backwards],
        ['the last event', { direction: 'backwards', limit: 1 }, [count - 1]],
        ['backwards from a revision, itself included', { direction: 'backwards', from: 2 }, [2, 1, 0]],
        ['backwards beyond a page', { direction: 'backwards', limit: 600 }, backwards.slice(0, 600)],
        ['nothing behind the end', { from: count }, []],
        ['everything backwards from behind the end', { direction: 'backwards', from: count + 5 }, backwards],
        ['nothing when nothing is asked for', { limit: 0 }, []],
      ])('%s', async (_, options, expected) => {
        expect(revisions(await read(stream, options))).toEqual(expected);
      });

      it('nothing where there is no stream', async () => {
        expect(await read(unusedStream())).toEqual([]);
        expect(await read(unusedStream(), { direction: 'backwards' })).toEqual([]);
        expect(await read(unusedStream(), { from: 5, limit: 5 })).toEqual([]);
      });

      it('nothing of a stream whose name only begins the same', async () => {
        const longer = `${stream}0`;
        await store.append(longer, NO_STREAM, [event()]);
        expect(await read(longer)).toHaveLength(1);
        expect(await read(stream.slice(0, -1))).toEqual([]);
      });
    });

    describe('has positions', () => {
      it('that increase from append to append and compare as strings', async () => {
        const streams = [unusedStream(), unusedStream(), unusedStream()];
        const positions: Position[] = [await store.head()];
        for (let round = 0; round < 12; round += 1) {
          for (const stream of streams) positions.push((await store.append(stream, round - 1, [event()])).position);
        }
        expect(positions).toEqual([...positions].sort());
        expect(new Set(positions).size).toBe(positions.length);
        expect(positions.every((position, index) => index === 0 || position > START)).toBe(true);
      });

      it('of which the last one is the head', async () => {
        const { position } = await store.append(unusedStream(), NO_STREAM, events(3));
        expect(await store.head()).toBe(position);
        for (const known of [START, position]) expect(await store.head(known)).toBe(position);
      });

      it('made of digits', async () => {
        const { position } = await store.append(unusedStream(), NO_STREAM, [event()]);
        expect(position).toMatch(/^[0-9]{1,64}$/);
      });

      it('between which there is a distance', async () => {
        const before = await store.head();
        const { position: between } = await store.append(unusedStream(), NO_STREAM, events(3));
        const { position: head } = await store.append(unusedStream(), NO_STREAM, events(4));
        const parts = [store.distance(before, between), store.distance(between, head)];
        if (store.unit === 'events') expect(parts).toEqual([3, 4]);
        expect(Math.min(...parts)).toBeGreaterThan(0);
        expect(store.distance(before, head)).toBe(parts[0]! + parts[1]!);
        expect(store.distance(START, head)).toBeGreaterThanOrEqual(store.distance(before, head));
        expect(store.distance(head, head)).toBe(0);
        expect(store.distance(head, before)).toBe(0);
      });
    });

    describe('tells what changed', () => {
      /** At most this many events of other applications may come by in between. */
      const MANY = 10_000;
      const nothingChangedSince = async (position: Position): Promise<void> => {
        const { revisions: changed, upTo: reached, complete } = await store.changes(position, MANY);
        expect([changed, complete]).toEqual([[], true]);
        if (opened.isShared) expect(reached >= position).toBe(true);
        else expect(reached).toBe(position);
      };

      it('after a position: every append that was answered, in order', async () => {
        const [one, other] = [unusedStream(), unusedStream()];
        await store.append(one, NO_STREAM, events(2));
        const before = await store.head();
        await nothingChangedSince(before);
        await store.append(other, NO_STREAM, events(1));
        const { position } = await store.append(one, 1, events(2));
        const { revisions: changed, upTo: reached, complete } = await store.changes(before, MANY);
        expect(changed.map(({ stream, revision }) => [stream, revision])).toEqual([
          [other, 0],
          [one, 2],
          [one, 3],
        ]);
        expect([reached >= position, complete]).toEqual([true, true]);
        await nothingChangedSince(reached);
      });

      it('that another handle on the log has written', async () => {
        const other = await opened.reopen();
        try {
          const before = await store.head();
          const stream = unusedStream();
          await other.append(stream, NO_STREAM, [event()]);
          expect((await store.changes(before, MANY)).revisions).toMatchObject([{ stream, revision: 0 }]);
        } finally {
          await other.close();
        }
      });

      it('and that there is more than was asked for', async () => {
        const before = await store.head();
        await store.append(unusedStream(), NO_STREAM, events(40));
        expect((await store.changes(before, opened.isShared ? MANY : 40)).complete).toBe(true);
        expect((await store.changes(before, 39)).complete).toBe(false);
        const { upTo: end, complete } = await store.changes(before, 3);
        expect(complete).toBe(false);
        await nothingChangedSince(end);
        const looked = await store.changes(START, 0);
        expect([looked.upTo >= end, looked.complete]).toEqual([true, false]);
      });
    });

    describe('can be followed', () => {
      it('from the start', async () => {
        const streams = [unusedStream(), unusedStream()];
        for (const stream of streams) await store.append(stream, NO_STREAM, events(10));
        const found = await follow(store, { after: START, streams, count: 20 });
        const stored = [...(await read(streams[0]!)), ...(await read(streams[1]!))];
        expect(found.map(withoutPosition)).toEqual(stored.map(withoutPosition));
      });

      it('as it is written down: the same events, their JSON as the text that a hash is over', async () => {
        const stream = unusedStream();
        const own = [event({ text: 'é"\\\u2028', n: [1.5, null] }, { $correlationId: 'x', hash: 'y' }), event()];
        await store.append(stream, NO_STREAM, own);
        const found: WrittenEvent[] = [];
        for await (const { events: given } of store.written({ after: START, batchSize: 7 })) {
          found.push(...given.filter((written) => written.stream === stream));
          if (found.length === own.length) break;
        }
        expect(found).toMatchObject(
          own.map(({ id, data, metadata }, revision) => ({
            id,
            revision,
            data: JSON.stringify(data),
            metadata: JSON.stringify(metadata),
          })),
        );
        expect(found.map(eventIn)).toEqual(await follow(store, { after: START, streams: [stream], count: 2 }));
      });

      it('up to the head, wherever that is', async () => {
        await store.append(unusedStream(), NO_STREAM, events(3));
        const head = await store.head();
        let reached: Position = START;
        for await (const batch of store.subscribe({ after: reached, batchSize: 2 })) {
          expect(batch.upTo > reached).toBe(true);
          reached = batch.upTo;
          if (reached >= head) break;
        }
        expect(reached >= head).toBe(true);
      });

      it('from a position, which is not given again', async () => {
        const stream = unusedStream();
        const { position } = await store.append(stream, NO_STREAM, events(5));
        await store.append(stream, 4, events(5));
        const found = await follow(store, { after: position, streams: [stream], count: 5 });
        expect(revisions(found)).toEqual([5, 6, 7, 8, 9]);
      });

      it('into what is written later', async () => {
        const stream = unusedStream();
        const following = follow(store, { after: await store.head(), streams: [stream], count: 12 });
        for (let revision = NO_STREAM; revision < 11; revision += 1) await store.append(stream, revision, [event()]);
        expect(revisions(await following)).toEqual(upTo(12));
      });

      it('into what another handle on the log writes', async () => {
        const other = await opened.reopen();
        try {
          const stream = unusedStream();
          const following = follow(store, { after: await store.head(), streams: [stream], count: 3 });
          await other.append(stream, NO_STREAM, events(3));
          expect(revisions(await following)).toEqual([0, 1, 2]);
        } finally {
          await other.close();
        }
      });

      it('from the middle while several write, without gap or repeat and in the order of positions', async () => {
        const streams = upTo(4).map(unusedStream);
        const before = await store.head();
        const rounds = 40;
        const total = streams.length * rounds;
        const write = async (stream: string): Promise<void> => {
          for (let revision = NO_STREAM; revision < rounds - 1; revision += 1) {
            await store.append(stream, revision, [event({ revision })]);
          }
        };
        const writing = Promise.all(streams.map(write));
        const [early] = await follow(store, { after: before, streams, count: 20 });
        const middle = early!.position;
        // Four followers that begin at different moments of the writing.
        const followers = await Promise.all(
          upTo(4).map(() => follow(store, { after: middle, streams, count: total - 1 })),
        );
        await writing;
        const settled = await follow(store, { after: before, streams, count: total });
        const positions = settled.map(({ position }) => position);
        expect(positions).toEqual([...new Set(positions)].sort());
        for (const found of followers) expect(found).toEqual(settled.slice(1));
        for (const stream of streams) {
          expect(revisions(settled.filter((recorded) => recorded.stream === stream))).toEqual(upTo(rounds));
        }
      });

      it('in batches no larger than asked for', async () => {
        const stream = unusedStream();
        const after = await store.head();
        await store.append(stream, NO_STREAM, events(10));
        const sizes: number[] = [];
        for await (const { events: given, upTo: reached } of store.subscribe({ after, batchSize: 4 })) {
          sizes.push(given.length);
          expect(given.every(({ position }) => position <= reached)).toBe(true);
          if (sizes.reduce((sum, size) => sum + size) >= 10) break;
        }
        expect(Math.max(...sizes)).toBeLessThanOrEqual(4);
      });

      it('until the signal is given, whether it waits or reads', async () => {
        const waiting = new AbortController();
        const subscription = store.subscribe({ after: await store.head(), signal: waiting.signal });
        const next = subscription[Symbol.asyncIterator]().next();
        waiting.abort();
        expect((await next).done).toBe(true);

        const reading = new AbortController();
        const after = await store.head();
        await store.append(unusedStream(), NO_STREAM, events(9));
        let batches = 0;
        for await (const _ of store.subscribe({ after, batchSize: 3, signal: reading.signal })) {
          batches += 1;
          reading.abort();
        }
        expect(batches).toBe(1);
      });

      it('not at all with a signal that is given already', async () => {
        await store.append(unusedStream(), NO_STREAM, [event()]);
        const given = AbortSignal.abort();
        for await (const batch of store.subscribe({ after: START, signal: given })) expect(batch).toBeUndefined();
      });

      it('until it is closed', async () => {
        const after = await store.head();
        const next = store.subscribe({ after })[Symbol.asyncIterator]().next();
        await store.close();
        expect((await next).done).toBe(true);
      });
    });

    describe('once it is closed', () => {
      it('may be closed again', async () => {
        await store.close();
        await expect(store.close()).resolves.toBeUndefined();
        await expect(Promise.all([store.close(), store.close()])).resolves.toBeDefined();
      });

      it('has answered what was under way', async () => {
        const stream = unusedStream();
        const appending = upTo(10).map((n) => store.append(`${stream}${n}`, NO_STREAM, [event()]));
        await store.close();
        expect((await Promise.all(appending)).map(({ revision }) => revision)).toEqual(Array(10).fill(0));
        const again = await opened.reopen();
        try {
          for (const n of upTo(10)) expect(await all(again.read(`${stream}${n}`))).toHaveLength(1);
        } finally {
          await again.close();
        }
      });

      it('fails whatever is asked of it', async () => {
        await store.close();
        const first = store.subscribe({ after: START })[Symbol.asyncIterator]();
        await expect(store.append(unusedStream(), NO_STREAM, [event()])).rejects.toBeInstanceOf(StoreClosed);
        await expect(read(unusedStream())).rejects.toBeInstanceOf(StoreClosed);
        await expect(store.head()).rejects.toBeInstanceOf(StoreClosed);
        await expect(store.changes(START, 1)).rejects.toBeInstanceOf(StoreClosed);
        await expect(first.next()).rejects.toBeInstanceOf(StoreClosed);
      });

      it('is found with everything in it when it is opened again', async () => {
        const stream = unusedStream();
        await store.append(stream, NO_STREAM, events(3));
        const before = await read(stream);
        const head = await store.head();
        await store.close();
        const again = await opened.reopen();
        try {
          expect(await all(again.read(stream))).toEqual(before);
          expect(await again.head()).toBe(head);
          expect((await again.append(stream, 2, [event()])).revision).toBe(3);
        } finally {
          await again.close();
        }
      });
    });
  });
}
