import { ExportLengths } from './export-lengths';

describe('the length of an export', () => {
  let asked: string[];
  let lengths: ExportLengths;
  beforeEach(() => {
    asked = [];
    lengths = new ExportLengths();
  });
  const of = (tag: string, found: Promise<number>): Promise<number> =>
    lengths.of(tag, () => {
      asked.push(tag);
      return found;
    });

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
});
