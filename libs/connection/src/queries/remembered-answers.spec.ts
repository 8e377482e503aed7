import { type Answered, RememberedAnswers } from './remembered-answers';
import type { SharingQuestion } from './sharing-outcome';

const question = (source: string, destination: string, changes: Partial<SharingQuestion> = {}): SharingQuestion => ({
  sourceOrganizationId: source,
  destinationOrganizationId: destination,
  scopes: ['inquiry.read'],
  past: null,
  ...changes,
});
const answered = (name: string, scopes: readonly string[] = ['inquiry.read']): Answered => ({
  names: { id: name, stream: name },
  scopes,
  answer: { allowed: true, reason: 'active', refusedScopes: [], unblockedBy: null, decidedUpon: null },
  version: 1,
});

describe('remembered answers', () => {
  let remembered: RememberedAnswers;
  beforeEach(() => (remembered = new RememberedAnswers()));

  it('are those to the very question, whichever was asked before', () => {
    const all = ['A', 'B'].flatMap((source) => ['A', 'B', 'C'].map((to) => [source, to] as const));
    for (const [source, to] of all) {
      expect(remembered.to(question(source, to))).toBeNull();
      remembered.keep(question(source, to), answered(source + to));
    }
    for (const [source, to] of all.toReversed()) {
      expect(remembered.to(question(source, to))?.names.id).toBe(source + to);
      expect(remembered.to(question('C', to))).toBeNull();
    }
  });

  it('are of the scopes that were asked about last, in their order', () => {
    const of = (...scopes: string[]) => question('A', 'B', { scopes });
    remembered.keep(of('a', 'b'), answered('AB', ['a', 'b']));
    for (const others of [['a'], ['b', 'a'], ['a', 'b', 'c'], []]) expect(remembered.to(of(...others))).toBeNull();
    expect(remembered.to(of('a', 'b'))).not.toBeNull();
    remembered.keep(of('a'), answered('AB', ['a']));
    expect(remembered.to(of('a', 'b'))).toBeNull();
    expect(remembered.to(of('a'))).not.toBeNull();
  });

  it('are none of the past', () => {
    const past = { asOf: '2026-01-01T00:00:00.000Z' };
    remembered.keep(question('A', 'B', { past }), answered('then'));
    expect(remembered.to(question('A', 'B'))).toBeNull();
    remembered.keep(question('A', 'B'), answered('now'));
    expect(remembered.to(question('A', 'B', { past }))).toBeNull();
  });

  it('are at most ten thousand, and those of before are let go of', () => {
    remembered.keep(question('A', 'first'), answered('first'));
    for (let n = 1; n < 10_000; n += 1) remembered.keep(question('A', `B${n}`), answered(`B${n}`));
    // Replacing an answer needs no more room.
    remembered.keep(question('A', 'first'), answered('again'));
    expect(remembered.to(question('A', 'first'))?.names.id).toBe('again');
    expect(remembered.to(question('A', 'B9999'))?.names.id).toBe('B9999');
    remembered.keep(question('A', 'more'), answered('more'));
    expect(remembered.to(question('A', 'more'))?.names.id).toBe('more');
    for (const gone of ['first', 'B1', 'B9999']) expect(remembered.to(question('A', gone))).toBeNull();
  });
});
