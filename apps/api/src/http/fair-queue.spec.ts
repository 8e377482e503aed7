import { FairQueue, QueueFull } from './fair-queue';

describe('a fair queue', () => {
  /** What has begun, in its order, until it is told to end. */
  let begun: { readonly name: string; readonly end: () => void }[];
  let names: string[];
  let ended: string[];
  let refused: string[];
  let queue: FairQueue;
  beforeEach(() => {
    [begun, names, ended, refused] = [[], [], [], []];
    queue = new FairQueue(2, 4);
  });

  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  /** Each as one letter for its source and a number. */
  const come = async (...arriving: string[]): Promise<void> => {
    for (const name of arriving) {
      const working = queue.run(name[0]!, () => {
        names.push(name);
        return new Promise<void>((end) => begun.push({ name, end }));
      });
      working.then(
        () => ended.push(name),
        (error: unknown) => refused.push(error instanceof QueueFull ? name : String(error)),
      );
      await settled();
    }
  };

  const endOne = async (): Promise<void> => {
    begun.shift()?.end();
    await settled();
  };

  const endAll = async (): Promise<void> => {
    while (begun.length > 0) await endOne();
  };

  it('lets a few work at once, and the next one when one of them is done', async () => {
    await come('a1', 'a2', 'a3');
    expect(names).toEqual(['a1', 'a2']);
    await endOne();
    expect([names, ended]).toEqual([['a1', 'a2', 'a3'], ['a1']]);
    await endAll();
    await come('a4', 'a5', 'a6');
    expect(begun.map(({ name }) => name)).toEqual(['a4', 'a5']);
  });

  it('lets sources take turns', async () => {
    await come('a1', 'a2', 'a3', 'a4', 'a5', 'b1');
    await endOne();
    await come('c1');
    await endAll();
    expect(names).toEqual(['a1', 'a2', 'a3', 'b1', 'a4', 'c1', 'a5']);
  });

  it('takes the newest place from whoever has the most, when it is full', async () => {
    await come('a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'c1', 'b2');
    expect(refused).toEqual(['a5', 'b2']);
    await endAll();
    expect(names).toEqual(['a1', 'a2', 'a3', 'b1', 'c1', 'a4']);
    expect(ended).toEqual(names);
  });

  it('refuses one who comes when it is full, and nobody has more', async () => {
    await come('a1', 'a2', 'a3', 'b1', 'c1', 'd1', 'e1', 'a4');
    expect(refused).toEqual(['e1', 'a4']);
    await endOne();
    await come('e2');
    await endAll();
    expect(names).toEqual(['a1', 'a2', 'a3', 'b1', 'c1', 'd1', 'e2']);
  });

  it('gives up the place of one who no longer wants it', async () => {
    const leaving = new AbortController();
    await come('a1', 'a2');
    const left = queue.run('a', () => Promise.resolve(names.push('left')), leaving.signal).catch((why: unknown) => why);
    await come('a3', 'b1');
    leaving.abort();
    expect(await left).toBe(leaving.signal.reason);
    await come('b2', 'b3');
    await endAll();
    expect([names, refused]).toEqual([['a1', 'a2', 'a3', 'b1', 'b2', 'b3'], []]);
  });

  it('goes on after work that fails', async () => {
    const failing = Array.from({ length: 6 }, () => queue.run('a', () => Promise.reject(new Error('no'))));
    expect((await Promise.allSettled(failing)).map(({ status }) => status)).toEqual(Array(6).fill('rejected'));
    await come('b1', 'b2', 'b3');
    expect(names).toEqual(['b1', 'b2']);
  });
});
