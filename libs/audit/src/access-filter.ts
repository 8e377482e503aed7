import type { Place } from './access-rows';

/** The ways of looking into what happened that are recorded. */
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
  /** Go on behind this one. */
  readonly after?: Place | undefined;
}
