import type { Unproven } from './checkpoint';

/** The parts of an event that link it to others. */
export interface Link {
  readonly revision: number;
  /** Hex; null if the event carries none. */
  readonly hash: string | null;
  readonly previousHash: string | null;
  /** Its index in the whole log. */
  readonly leafIndex: number;
}

/**
 * Why an event does not directly follow another one; null if it does.
 * @param before null if the event has to be the first of its connection.
 */
export function breakBetween(before: Link | null, { revision, previousHash, leafIndex }: Link): Unproven | null {
  const expected = before === null ? 0 : before.revision + 1;
  if (revision !== expected) return { why: `Revision ${expected} is missing.` };
  if (previousHash !== (before?.hash ?? null))
    return { why: `Revision ${revision} names another event before it than the one that the history shows.` };
  if (before !== null && leafIndex <= before.leafIndex)
    return { why: `Revision ${revision} lies before the one that it follows.` };
  return null;
}
