import { LogLines } from './log-lines';

const failure = (code: string): Error => Object.assign(new Error(code), { code });

describe('lines of the log', () => {
  let written: string;
  /** The outcomes of the next writes: how many bytes are taken, or an error; without one, all bytes are taken. */
  let fates: (number | Error)[];
  let lines: LogLines;
  const put = (text: string): void => lines.put(Buffer.from(text));
  beforeEach(() => {
    written = '';
    fates = [];
    lines = new LogLines((bytes) => {
      const fate = fates.shift() ?? bytes.length;
      if (typeof fate !== 'number') throw fate;
      written += Buffer.from(bytes.subarray(0, fate)).toString('latin1');
      return fate;
    });
  });

  it('are written when that is said, also a little at a time by a slow reader', () => {
    fates = [3, failure('EAGAIN'), failure('EAGAIN'), 1];
    put('one\ntwo\n');
    expect(written).toBe('one\ntwo\n');
  });

  it('are said not to be written, each of them, for as long as that is so', () => {
    fates = [failure('EPIPE'), failure('EPIPE'), failure('ENOSPC')];
    for (const code of ['EPIPE', 'EPIPE', 'ENOSPC']) expect(() => put('lost\n')).toThrow(code);
    put('one\n');
    expect(written).toBe('one\n');
  });

  it('are lines of their own also after one of which only a part was written', () => {
    fates = [2, failure('ENOSPC')];
    expect(() => put('torn\n')).toThrow('ENOSPC');
    fates = [failure('ENOSPC')];
    expect(() => put('lost\n')).toThrow('ENOSPC');
    put('one\n');
    put('two\n');
    expect(written).toBe('to\none\ntwo\n');
  });

  it('need no end where all of some lines was written', () => {
    fates = [4, failure('ENOSPC')];
    expect(() => put('one\ntwo\n')).toThrow('ENOSPC');
    put('three\n');
    expect(written).toBe('one\nthree\n');
  });

  it('need no second end where nothing but that was written behind a torn one', () => {
    fates = [2, failure('ENOSPC')];
    expect(() => put('torn\n')).toThrow('ENOSPC');
    fates = [1, failure('ENOSPC')];
    expect(() => put('lost\n')).toThrow('ENOSPC');
    put('one\n');
    expect(written).toBe('to\none\n');
  });

  it('are counted in bytes', () => {
    fates = [1];
    put('ä\n');
    expect(Buffer.from(written, 'latin1').toString()).toBe('ä\n');
  });
});
