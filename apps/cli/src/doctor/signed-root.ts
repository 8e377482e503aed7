import { readCheckpoint } from '@connections/audit/checkpoint';
import { rangeHash, type Subtree, subtreesOf } from '@connections/audit/merkle-tree';
import { MalformedNote } from '@connections/audit/signed-note';

/** The subtrees that make up what a checkpoint was signed of; none of what is no checkpoint. */
export function subtreesSigned(note: string | null): Subtree[] {
  try {
    return note === null ? [] : subtreesOf({ begin: 0, end: readCheckpoint(note).size });
  } catch (error) {
    if (error instanceof MalformedNote) return [];
    throw error;
  }
}

/** The root of the tree by the hashes of those, in base64; null where the tree has not all of them. */
export function rootBy(hashes: readonly (string | undefined)[]): string | null {
  const known = hashes.filter((hash) => hash !== undefined);
  if (known.length < hashes.length) return null;
  return rangeHash(known.map((hash) => Buffer.from(hash, 'base64'))).toString('base64');
}
