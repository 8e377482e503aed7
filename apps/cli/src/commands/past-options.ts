import type { Past } from '@connections/connection/past';

/** A time of the past, by one of two options that exclude each other. */
export interface PastOptions {
  /** ISO-8601 UTC. */
  readonly asOf?: string;
  readonly revision?: number;
}

/** The past that the options name; null for now. */
export function chosenPast({ asOf, revision }: PastOptions): Past | null {
  if (asOf !== undefined) return { asOf };
  return revision === undefined ? null : { revision };
}
