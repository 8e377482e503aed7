import { rangeHash, type Subtree, subtreesOf } from '@connections/audit/merkle-tree';

/** The subtrees that make up the tree at a size. */
export const subtreesAt = (size: number): Subtree[] => subtreesOf({ begin: 0, end: size });

/** The root of the tree from the hashes of `subtreesAt`, in base64; null if one of them is missing. */
export function rootBy(hashes: readonly (string | undefined)[]): string | null {
  const known = hashes.filter((hash) => hash !== undefined);
  if (known.length < hashes.length) return null;
  return rangeHash(known.map((hash) => Buffer.from(hash, 'base64'))).toString('base64');
}
