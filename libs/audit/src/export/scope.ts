/** What is exported: the whole log, all that concerns one organization, or one connection. */
export type Scope =
  | { readonly kind: 'everything' }
  | { readonly kind: 'organization'; readonly id: string }
  | { readonly kind: 'connection'; readonly id: string };

export const EVERYTHING: Scope = { kind: 'everything' };

/** `everything`, `organization:org_…` or `connection:cxn_…`. */
export const scopeText = (scope: Scope): string =>
  scope.kind === 'everything' ? scope.kind : `${scope.kind}:${scope.id}`;

/** Parses a scope; null if it is none. */
export function scopeIn(text: string): Scope | null {
  if (text === 'everything') return EVERYTHING;
  const [, kind, id] = /^(organization|connection):((?:org|cxn)_[0-9A-Za-z]{1,64})$/.exec(text) ?? [];
  if (kind === 'organization' && id?.startsWith('org_')) return { kind, id };
  if (kind === 'connection' && id?.startsWith('cxn_')) return { kind, id };
  return null;
}
