import { describeScope } from './scopes';

describe('what a scope lets the destination do', () => {
  it('is told in plain words', () => {
    expect(describeScope('document.read')).toBe('Read documents: pictures and files that people handed in.');
  });

  it.each([
    ['invoice.read', 'Read: invoice.'],
    ['credit-score.share-once', 'Share once: credit score.'],
    ['loan.payment.read', 'Read: loan, payment.'],
    ['constructor.read', 'Read: constructor.'],
  ])('is told by its own name where it is not known: %s', (scope, words) => {
    expect(describeScope(scope)).toBe(words);
  });
});
