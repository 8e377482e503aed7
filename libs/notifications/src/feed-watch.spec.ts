import type { Position } from '@connections/event-store/event-store';
import { FeedWatch, type Progress } from './feed-watch';

/** A table whose position is moved by the test. */
class Table implements Progress {
  position: Position = '1';
  #moved = Promise.withResolvers<null>();

  moveTo(position: Position): void {
    this.position = position;
    this.#moved.resolve(null);
    this.#moved = Promise.withResolvers();
  }

  async movedBeyond(position: Position, signal: AbortSignal): Promise<Position> {
    while (this.position <= position) {
      const aborted = new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
      await Promise.race([this.#moved.promise, aborted]);
    }
    return this.position;
  }
}

describe('a watch over feeds', () => {
  const table = new Table();
  const asked: string[] = [];
  let changed: ReadonlySet<string> | null | Error = new Set();
  const feed = {
    changedBetween: async (after: Position, upTo: Position) => {
      asked.push(`${after}-${upTo}`);
      if (changed instanceof Error) throw changed;
      return changed;
    },
  };
  const watch = new FeedWatch(feed, table);
  const rung: string[] = [];
  /** Settles once the waiter of that name was woken again. */
  const woken = async (name: string, move: () => void): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<null>();
    const forget = watch.onNews(null, () => resolve(null));
    const own = watch.onNews(name, () => resolve(null));
    move();
    await promise;
    forget();
    own();
  };
  beforeAll(() => {
    for (const name of ['org_A', 'org_B']) watch.onNews(name, () => rung.push(name));
  });
  beforeEach(() => void rung.splice(0));

  it('looks once for all who wait, and wakes only those with news', async () => {
    changed = new Set(['org_A']);
    await woken('org_A', () => table.moveTo('2'));
    expect(rung).toEqual(['org_A']);
    expect(asked).toEqual(['1-2']);
  });

  it('wakes everybody where it is too much to tell', async () => {
    changed = null;
    await woken('org_A', () => table.moveTo('3'));
    expect(rung).toEqual(['org_A', 'org_B']);
  });

  it('wakes everybody where it could not look, so that nobody misses anything', async () => {
    changed = new Error('the database is away');
    await woken('org_A', () => table.moveTo('4'));
    expect(rung).toEqual(['org_A', 'org_B']);
  });

  it('wakes everybody at the end', async () => {
    await watch.stop();
    expect(rung).toEqual(['org_A', 'org_B']);
  });
});
