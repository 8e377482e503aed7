import fc from 'fast-check';
import {
  generateSignerKey,
  MalformedNote,
  parseNote,
  parseSignerKey,
  parseVerifierKey,
  signersOf,
  signNote,
  verifierLine,
} from './signed-note';

/** The key, the note and its signature that Go's sumdb/note documents. */
const PUBLISHED_SECRET = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const PUBLISHED_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const PUBLISHED_TEXT =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const PUBLISHED_NOTE = `${PUBLISHED_TEXT}
\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;

describe('a signed note', () => {
  const { key, line } = generateSignerKey('log.example');

  it('is the published one, from the published key', () => {
    const signer = parseSignerKey(PUBLISHED_SECRET);
    expect(signNote(PUBLISHED_TEXT, [signer])).toBe(PUBLISHED_NOTE);
    expect(verifierLine(signer)).toBe(PUBLISHED_KEY);
    expect(signersOf(parseNote(PUBLISHED_NOTE), [parseVerifierKey(PUBLISHED_KEY)])).toHaveLength(1);
  });

  it('tells who has signed it, of those who are known', () => {
    const other = generateSignerKey('log.example').key;
    const note = parseNote(signNote('A text.\n', [key, other]));
    expect(note.text).toBe('A text.\n');
    const known = parseVerifierKey(verifierLine(key));
    expect(signersOf(note, [known])).toEqual([known]);
    expect(signersOf(note, [generateSignerKey('log.example').key])).toEqual([]);
  });

  it('is refused when a byte of it was changed', () => {
    const note = signNote('log.example\n12\nabc\n', [key]);
    fc.assert(
      fc.property(fc.nat(Buffer.byteLength(note) - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = Buffer.from(note);
        bytes[at] = (bytes[at] as number) ^ change;
        const changed = bytes.toString();
        expect(() => {
          if (signersOf(parseNote(changed), [key]).length === 0) throw new MalformedNote('Nobody known has signed it.');
        }).toThrow(MalformedNote);
      }),
      { numRuns: 1_000 },
    );
  });

  it('keeps its key in a line that is read back, and never shown', () => {
    const read = parseSignerKey(line);
    expect(verifierLine(read)).toBe(verifierLine(key));
    expect(signNote('A text.\n', [read])).toBe(signNote('A text.\n', [key]));
    // Not after the last plus sign, which may be part of the base64.
    const secret = line.slice(`PRIVATE+KEY+${key.name}+${key.id}+`.length);
    for (const wrong of ['', line.slice(1), line.slice(0, -4), line.replace(key.id, '00000000'), `${line}x`]) {
      const read = (): unknown => parseSignerKey(wrong);
      expect(read).toThrow(MalformedNote);
      expect(read).not.toThrow(secret.slice(4, 20));
    }
  });

  it.each([
    '',
    'x',
    'log.example+00000000+AAAA',
    PUBLISHED_KEY.replace('c74f20a3', 'c74f20a4'),
    PUBLISHED_KEY.slice(0, -4),
  ])('is not verified by %j, which is no key', (wrong) => {
    expect(() => parseVerifierKey(wrong)).toThrow(MalformedNote);
  });
});
