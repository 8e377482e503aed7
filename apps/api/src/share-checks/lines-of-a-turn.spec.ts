import { byteTextOf } from './byte-text';
import { LinesOfATurn } from './lines-of-a-turn';

describe('lines of one turn of the event loop', () => {
  let written: string[];
  let lines: LinesOfATurn;
  beforeEach(() => {
    written = [];
    lines = new LinesOfATurn((bytes) => void written.push(Buffer.from(bytes).toString()));
  });

  it('are written in one piece, in their order, before anybody goes on', async () => {
    const looked = Promise.resolve();
    const asked = ['a\n', 'b\n', 'c\n'].map(async (line) => {
      await looked;
      await lines.write([byteTextOf(line)]);
      return [...written];
    });
    expect(written).toEqual([]);
    expect(await Promise.all(asked)).toEqual(Array(3).fill([['a\n', 'b\n', 'c\n'].join('')]));
  });

  it('are those of that turn alone', async () => {
    await lines.write([byteTextOf('a\n')]);
    await lines.write([byteTextOf('b\n')]);
    expect(written).toEqual(['a\n', 'b\n']);
  });

  it('that cannot be written are told to each, and the next ones are tried again', async () => {
    let isFull = true;
    const failing = new LinesOfATurn((bytes) => {
      if (isFull) throw new Error('ENOSPC');
      written.push(Buffer.from(bytes).toString());
    });
    const outcomes = await Promise.allSettled([failing.write([byteTextOf('a\n')]), failing.write([byteTextOf('b\n')])]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    isFull = false;
    await failing.write([byteTextOf('c\n')]);
    expect(written).toEqual(['c\n']);
  });
});
