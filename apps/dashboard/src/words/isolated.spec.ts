import { closed, isolated, withoutTurns } from './isolated';

const FSI = '\u2068';
const PDI = '\u2069';

describe('what somebody else wrote, within a sentence', () => {
  it.each(['\u202Enever closed', 'בנק 12', 'شركة', 'Acme \u200f', '\u{1e900}'])('%j is isolated from it', (text) => {
    expect(isolated(text)).toBe(`${FSI}${text}${PDI}`);
  });

  it.each([`${PDI}\u202Eout`, `\u2067${FSI}in`, `a${PDI}${PDI}א`])(
    '%j neither ends that nor leaves it open',
    (text) => {
      const inner = isolated(text).slice(1, -1);
      expect(isolated(text)).toBe(`${FSI}${closed(text)}${PDI}`);
      expect(inner).not.toMatch(/[\u2066-\u2069]/u);
    },
  );

  it('is isolated once, however often it is asked for', () => {
    const once = isolated('\u202Eא');
    expect(isolated(once)).toBe(once);
  });

  it.each(['Acme', 'Société № 5', '招商银行', '👩‍👩‍👧‍👦', ''])('%j stays as it is', (text) => {
    expect(isolated(text)).toBe(text);
  });

  it('turns no sentence that the service made of it', () => {
    expect(withoutTurns('\u202EAcme (source) deactivated שלום\u2066.')).toBe('Acme (source) deactivated שלום.');
  });
});
