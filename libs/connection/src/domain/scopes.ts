/** What the source lets the destination see, for each scope known to this service. */
const descriptions: Readonly<Record<string, string>> = {
  'inquiry.read': 'Read inquiries: which identity checks people went through, and how they ended.',
  'account.read': 'Read accounts: the people and businesses that the source knows, with what belongs to them.',
  'case.read': 'Read cases: what was reviewed by hand, by whom, and what was decided.',
  'document.read': 'Read documents: pictures and files that people handed in.',
  'report.read': 'Read reports: what watchlists, databases and other sources say of a person or business.',
  'transaction.read': 'Read transactions: what people did, and how it was judged.',
  'verification.read': 'Read verifications: each single check of a document, a face or a fact, with its result.',
};

/** What a scope lets the destination do, in plain words; for an unknown scope, its own name. */
export function describeScope(scope: string): string {
  const known = Object.hasOwn(descriptions, scope) ? descriptions[scope] : undefined;
  if (known !== undefined) return known;
  const words = scope.split('.').map((part) => part.replaceAll('-', ' '));
  const [deed = '', ...things] = words.reverse();
  return `${deed.charAt(0).toUpperCase()}${deed.slice(1)}: ${things.reverse().join(', ')}.`;
}
