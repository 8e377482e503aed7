import { LinesOfATurn } from './lines-of-a-turn';

describe('lines of one turn of the event loop', () => {
  let written: string[];
  let lines: LinesOfATurn;
  beforeEach(() => {
    written = [];
    lines = new LinesOfATurn((text) => void written.push(text));
  });

  it('are written in one piece, in their order, before anybody goes on', async () => {
    const looked = Promise.resolve();
    const asked = ['a\n', 'b\n', 'c\n'].map(async (line) => {
      await looked;
      await lines.write(line);
      return [...written];
    });
    expect(written).toEqual([]);
    expect(await Promise.all(asked)).toEqual(Array(3).fill([['a\n', 'b\n', 'c\n'].join('')]));
  });

  it('are those of that turn alone', async () => {
    await lines.write('a\n');
    await lines.write('b\n');
    expect(written).toEqual(['a\n', 'b\n']);
  });

  it('that cannot be written are told to each, and the next ones are tried again', async () => {
    let isFull = true;
    const failing = new LinesOfATurn((text) => {
      if (isFull) throw new Error('ENOSPC');
      written.push(text);
    });
    const outcomes = await Promise.allSettled([failing.write('a\n'), failing.write('b\n')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    isFull = false;
    await failing.write('c\n');
    expect(written).toEqual(['c\n']);
  });
});
