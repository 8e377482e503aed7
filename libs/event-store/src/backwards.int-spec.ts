import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { temporaryFolder } from '../../../test/support/temporary-folder';
import { backwards } from './backwards';
import type { RecordedEvent, ReadOptions } from './event-store';
import { SqliteEventStore } from './sqlite/sqlite-event-store';
import { all } from './testing/event-store.contract';

describe('a stream that is read backwards', () => {
  const folder = temporaryFolder();
  const store = new SqliteEventStore(join(folder.path, 'events.sqlite'));
  afterAll(async () => {
    await store.close();
    folder.remove();
  });

  const happened = () => ({ id: randomUUID(), type: 'Happened', data: {}, metadata: {} });
  let asked: (number | undefined)[];
  const watched = {
    read(stream: string, options?: ReadOptions): AsyncIterable<RecordedEvent> {
      asked.push(options?.limit);
      return store.read(stream, options);
    },
  };
  beforeAll(() => store.append('stream', -1, Array.from({ length: 700 }, happened)));
  beforeEach(() => {
    asked = [];
  });

  const revisions = async (from: number): Promise<number[]> =>
    (await all(backwards(watched, 'stream', from))).map(({ revision }) => revision);

  it.each([
    ['its end', Number.MAX_SAFE_INTEGER, 700],
    ['a revision', 600, 601],
    ['its second event', 1, 2],
    ['its first event', 0, 1],
  ])('comes whole from %s on', async (_, from, count) => {
    expect(await revisions(from)).toEqual(Array.from({ length: count }, (_, index) => count - 1 - index));
  });

  it('is asked for one event by who wants no more', async () => {
    for await (const { revision } of backwards(watched, 'stream', 500)) {
      expect(revision).toBe(500);
      break;
    }
    expect(asked).toEqual([1]);
  });

  it('has none where there is none', async () => {
    expect(await all(backwards(watched, 'other', 3))).toEqual([]);
  });
});
