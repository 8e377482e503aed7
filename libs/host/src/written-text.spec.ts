import { faultOf, isClean, unturned } from './written-text';

const TURNING = [0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069].map(
  (code) => String.fromCodePoint(code),
);

describe('text for others to read', () => {
  it.each([
    ['Latin', 'Société Générale – “Account” №5'],
    ['an emoji joined of several', '👩‍👩‍👧‍👦 Family & Co'],
    ['an emoji alone, with a variation selector', '❤️'],
    ['a flag of tags', '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}'],
    ['Arabic', 'شركة البحر'],
    ['Hebrew, with Latin in it', 'בנק Acme 12'],
    ['Persian with a zero width non-joiner', 'می‌خواهم'],
    ['Devanagari with a zero width joiner', 'क्‍ष'],
    ['Mongolian with a variation selector', 'ᠠ᠋'],
    ['Chinese', '招商银行'],
    ['Japanese with a variation selector', '葛\u{e0100}城'],
    ['a mark alone', '\u0301'],
    ['nothing, which others may allow', ''],
    ['spaces, which are trimmed by others', ' \u00a0\ufeff '],
  ])('is %s', (_, text) => {
    expect(faultOf(text)).toBeNull();
    expect(faultOf(text, { multiline: true })).toBeNull();
  });

  it.each(TURNING)('is nothing that turns the text around it, such as %j, and it is told which', (character) => {
    const code = `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
    for (const text of [character, `Acme${character}`, `${character}never closed`]) {
      expect(faultOf(text)).toContain(`must not hold ${code}`);
      expect(faultOf(`why\n${text}`, { multiline: true })).toContain(`must not hold ${code}`);
      // Older texts like this can still be read and searched for.
      expect(isClean(text)).toBe(true);
    }
  });

  it.each(['\u200b', '\u00a0\u200b\u200d', '\u2060\ufe0f', '\u3164', '\u115f\u1160', '\u00ad', '\u2800', '\u034f'])(
    'is not %j as a name, of which nothing can be seen',
    (text) => {
      expect(faultOf(text)).toBe('must have a character that can be seen');
      expect(faultOf(text, { multiline: true })).toBeNull();
    },
  );

  it.each(['a\0b', 'a\u009bb', '\ud800', 'a\rb'])('is not %j, whatever it is for', (text) => {
    for (const multiline of [false, true]) expect(faultOf(text, { multiline })).toContain('without control characters');
  });

  it.each(['a\u2028b', 'a\u2029b'])('is not %j, which breaks the line', (text) => {
    for (const multiline of [false, true])
      expect(faultOf(text, { multiline })).toMatch(/must not hold U\+202[89], which/);
    expect(isClean(text)).toBe(true);
    expect(unturned(text)).toBe('a b');
  });

  it.each([
    ['a tag', 'Acme\u{e0041}', 'U+E0041'],
    ['a tag after a flag of tags', '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}\u{e0041}', 'U+E0041'],
    ['a flag of too many tags', `🏴${'\u{e0061}'.repeat(8)}`, 'U+E0061'],
    ['a tag that names a language', '\u{e0001}', 'U+E0001'],
    ['one that is kept for later', 'Acme\u{e0fff}', 'U+E0FFF'],
  ])('holds nothing that hides in it, such as %s, and it is told which', (_, text, code) => {
    for (const multiline of [false, true])
      expect(faultOf(text, { multiline })).toContain(`must not hold ${code}, which`);
    expect(isClean(text)).toBe(true);
  });

  it('has tabs and line feeds where it may have several lines', () => {
    expect(faultOf('a\tb\nc')).not.toBeNull();
    expect(faultOf('a\tb\nc', { multiline: true })).toBeNull();
  });

  it('that another service tells loses what turns it, and is none where nothing is left to be seen', () => {
    expect(unturned(`${TURNING.join('A')} `)).toBe('A'.repeat(11));
    expect(unturned('👩‍👧 Ada')).toBe('👩‍👧 Ada');
    expect(unturned('Ada\u{e0061}\u{e0062} 🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}')).toBe(
      'Ada 🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
    );
    expect(unturned('\u202e\u200b')).toBeNull();
    expect(unturned(' ')).toBeNull();
  });
});
