import { openCheckpoint, readCheckpoint, signCheckpoint, UnknownSigner } from './checkpoint';
import { leafHash } from './merkle-tree';
import { generateSignerKey, MalformedNote, signNote } from './signed-note';

describe('a checkpoint', () => {
  const { key } = generateSignerKey('log.example');
  const checkpoint = {
    origin: 'log.example',
    size: 4,
    root: leafHash(Buffer.from('a root')),
    signedAt: '2026-06-01T00:00:00.000Z',
  };

  it('is a note of four lines, and reads back as it was', () => {
    const note = signCheckpoint(checkpoint, [key]);
    expect(note.split('\n\n')[0]).toBe(
      `log.example\n4\n${checkpoint.root.toString('base64')}\nsigned-at 2026-06-01T00:00:00.000Z`,
    );
    expect(openCheckpoint(note, [key])).toEqual(checkpoint);
    expect(readCheckpoint(note)).toEqual(checkpoint);
  });

  it('is opened by the old key and by the new one while both sign', () => {
    const { key: next } = generateSignerKey('log.example');
    const note = signCheckpoint(checkpoint, [key, next]);
    expect(openCheckpoint(note, [key])).toEqual(checkpoint);
    expect(openCheckpoint(note, [next])).toEqual(checkpoint);
  });

  it('is not opened by keys that have not signed it, or that are of another log', () => {
    const note = signCheckpoint(checkpoint, [key]);
    expect(() => openCheckpoint(note, [generateSignerKey('log.example').key])).toThrow(UnknownSigner);
    const { key: other } = generateSignerKey('other.example');
    expect(() => openCheckpoint(signCheckpoint(checkpoint, [other]), [other])).toThrow(UnknownSigner);
  });

  const root = checkpoint.root.toString('base64');
  it.each([
    'log.example\n4\n',
    `\n4\n${root}\nsigned-at x\n`,
    `log.example\n04\n${root}\nsigned-at x\n`,
    `log.example\n0\n${root}\nsigned-at x\n`,
    `log.example\n-4\n${root}\nsigned-at x\n`,
    `log.example\n4\n${root.slice(4)}\nsigned-at x\n`,
    `log.example\n4\n${root}\n`,
    `log.example\n4\n${root}\nsigned-at \n`,
    `log.example\n4\n${root}\nsigned-at x\nand more\n`,
  ])('is not %j, whoever has signed that', (text) => {
    expect(() => openCheckpoint(signNote(text, [key]), [key])).toThrow(MalformedNote);
  });
});
