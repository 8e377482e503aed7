import { QueueFull } from '../http/fair-queue';
import { ExportLengths } from './export-lengths';

describe('the length of an export', () => {
  let asked: string[];
  let unwanted: AbortSignal[];
  let lengths: ExportLengths;
  beforeEach(() => {
    asked = [];
    unwanted = [];
    lengths = new ExportLengths();
  });
  const of = (tag: string, found: Promise<number>, over = new AbortController().signal): Promise<number> =>
    lengths.of(
      tag,
      'usr_1',
      (signal) => {
        asked.push(tag);
        unwanted.push(signal);
        return Promise.race([
          found,
          new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
        ]);
      },
      over,
    );
  const never = new Promise<number>(() => undefined);
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('is found out once for all who ask, while it is being found out and later', async () => {
    const finding = Promise.withResolvers<number>();
    const both = [of('one', finding.promise), of('one', Promise.resolve(2))];
    finding.resolve(1);
    expect(await Promise.all([...both, of('one', Promise.resolve(3))])).toEqual([1, 1, 1]);
    expect(asked).toEqual(['one']);
  });

  it('is that of one export alone', async () => {
    expect(await Promise.all([of('one', Promise.resolve(1)), of('two', Promise.resolve(2))])).toEqual([1, 2]);
    expect(asked).toEqual(['one', 'two']);
  });

  it('is tried anew by the next who asks where it could not be found out, which all hear who had asked', async () => {
    const failing = Promise.withResolvers<number>();
    const both = [of('one', failing.promise), of('one', Promise.resolve(2))];
    failing.reject(new Error('the log went away'));
    for (const length of both) await expect(length).rejects.toThrow('the log went away');
    expect(await of('one', Promise.resolve(3))).toBe(3);
    expect(asked).toEqual(['one', 'one']);
  });

  it('is looked for until the last who waits has gone, and anew for the next', async () => {
    const [first, last] = [new AbortController(), new AbortController()];
    const both = [of('one', never, first.signal), of('one', never, last.signal)];
    first.abort();
    await expect(both[0]).rejects.toBe(first.signal.reason);
    expect(unwanted.map(({ aborted }) => aborted)).toEqual([false]);
    last.abort();
    await expect(both[1]).rejects.toBe(last.signal.reason);
    expect(unwanted.map(({ aborted }) => aborted)).toEqual([true]);
    expect(await of('one', Promise.resolve(3))).toBe(3);
    await expect(of('one', never, AbortSignal.abort())).rejects.toThrow('aborted');
    expect(asked).toEqual(['one', 'one']);
  });

  it('stays known to whoever comes when all others have gone', async () => {
    const over = new AbortController();
    expect(await of('one', Promise.resolve(1), over.signal)).toBe(1);
    over.abort();
    expect(await of('one', Promise.resolve(2))).toBe(1);
  });

  it('is looked for of two at once, then of those who still wait, in turn', async () => {
    const [first, second, leaving] = [new AbortController(), new AbortController(), new AbortController()];
    const given = [
      of('one', never, first.signal),
      of('two', never, second.signal),
      of('three', Promise.resolve(3), leaving.signal),
      of('four', Promise.resolve(4)),
      of('five', Promise.resolve(5)),
    ].map((length) => length.catch(() => null));
    await settled();
    expect(asked).toEqual(['one', 'two']);
    leaving.abort();
    first.abort();
    expect(await Promise.all(given.slice(2))).toEqual([null, 4, 5]);
    expect(asked).toEqual(['one', 'two', 'four', 'five']);
    second.abort();
  });

  it('is refused where too many wait', async () => {
    const over = new AbortController();
    const given = Array.from({ length: 33 }, (_, at) =>
      of(String(at), never, over.signal).catch((why: unknown) => why),
    );
    expect(await given.at(-1)).toBeInstanceOf(QueueFull);
    over.abort();
    expect((await Promise.all(given)).filter((why) => why === over.signal.reason)).toHaveLength(32);
    expect(asked).toHaveLength(2);
  });
});
