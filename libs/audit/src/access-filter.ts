import type { Place } from './access-rows';

/** The kinds of access to the history that are recorded. */
export const accessKinds = ['history', 'time-travel', 'diff', 'proof', 'export'] as const;
export type AccessKind = (typeof accessKinds)[number];

export interface AccessFilter {
  readonly kind?: AccessKind | undefined;
  readonly credentialId?: string | undefined;
  /** ISO-8601 UTC, inclusive. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface AccessPage {
  readonly size: number;
  /** The last access of the page before. */
  readonly after?: Place | undefined;
}
