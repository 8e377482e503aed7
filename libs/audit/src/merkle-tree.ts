import { hash } from 'node:crypto';

/**
 * The Merkle tree of RFC 6962, section 2.1, over SHA-256: hashing, the subtrees that make up a proof, and the
 * verification of proofs. Indexes and sizes are counted in leaves. Nothing here stores anything.
 */

/** SHA-256: 32 bytes. */
export type Hash = Buffer;

/** The leaves from `begin` up to, but not including, `end`. */
export interface Range {
  readonly begin: number;
  readonly end: number;
}

/** A complete subtree: the `index`-th of those with 2^level leaves, counted from 0. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

export const HASH_BYTES = 32;

/** Several times as fast with the digest as a binary string than with it as a buffer. */
const sha256 = (bytes: Uint8Array): Hash => Buffer.from(hash('sha256', bytes, 'binary'), 'binary');

/** The root of a tree without leaves. */
export const EMPTY_ROOT: Hash = sha256(Buffer.alloc(0));

export const leafHash = (data: Uint8Array): Hash => sha256(Buffer.concat([LEAF, data]));

const LEAF = Buffer.of(0);

export function nodeHash(left: Hash, right: Hash): Hash {
  pair.set(left, 1);
  pair.set(right, 1 + HASH_BYTES);
  return sha256(pair);
}

/** One buffer, used again for every node: its content is not kept. */
const pair = Buffer.alloc(1 + 2 * HASH_BYTES, 1);

/** The hash of a range, from the hashes of its `subtreesOf` in that order. */
export const rangeHash = (subtrees: readonly Hash[]): Hash =>
  subtrees.length === 0 ? EMPTY_ROOT : subtrees.reduceRight((right, left) => nodeHash(left, right));

/** The hash of a whole tree from its leaf hashes. */
export function treeHash(leaves: readonly Hash[]): Hash {
  let level = leaves;
  while (level.length > 1) {
    const above: Hash[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const [left, right] = [level[at] as Hash, level[at + 1]];
      above.push(right === undefined ? left : nodeHash(left, right));
    }
    level = above;
  }
  return level[0] ?? EMPTY_ROOT;
}

/** The complete subtrees, from left to right, of a range that is itself a subtree: complete, or at the right edge. */
export function subtreesOf({ begin, end }: Range): Subtree[] {
  const subtrees: Subtree[] = [];
  for (let at = begin; at < end;) {
    const level = Math.floor(Math.log2(end - at));
    const leaves = 2 ** level;
    subtrees.push({ level, index: at / leaves });
    at += leaves;
  }
  return subtrees;
}

/** What an inclusion proof consists of: the subtrees beside the path from a leaf up to the root of a tree of `size`. */
export const inclusionProofOf = (leaf: number, size: number): Range[] =>
  subtreeProofOf({ begin: leaf, end: leaf + 1 }, size);

/** The inclusion proof of a subtree, complete or at the right edge. */
export function subtreeProofOf(subtree: Range, size: number): Range[] {
  const path: Range[] = [];
  let range: Range = { begin: 0, end: size };
  while (range.begin < subtree.begin || range.end > subtree.end) {
    const [left, right] = split(range);
    const isLeft = subtree.begin < left.end;
    path.push(isLeft ? right : left);
    range = isLeft ? left : right;
  }
  return path.reverse();
}

/**
 * What a consistency proof consists of: the subtrees that show the tree of size `to` to begin with that of size `from`.
 */
export function consistencyProofOf(from: number, to: number): Range[] {
  if (from === 0 || from === to) return [];
  const path: Range[] = [];
  let range: Range = { begin: 0, end: to };
  while (range.end !== from) {
    const [left, right] = split(range);
    const isLeft = from <= left.end;
    path.push(isLeft ? right : left);
    range = isLeft ? left : right;
  }
  // The older tree itself is left out: the verifier has its root.
  if (range.begin !== 0) path.push(range);
  return path.reverse();
}

/** The two children of a subtree: the left one is complete and as large as possible. */
function split({ begin, end }: Range): [left: Range, right: Range] {
  const middle = begin + 2 ** (Math.ceil(Math.log2(end - begin)) - 1);
  return [
    { begin, end: middle },
    { begin: middle, end },
  ];
}

/** The root computed from an inclusion proof; null when the proof has the wrong form for this leaf and size. */
export const rootByInclusion = (leaf: Hash, index: number, size: number, proof: readonly Hash[]): Hash | null =>
  index < size ? rootBySubtree(leaf, { begin: index, end: index + 1 }, size, proof) : null;

/** The root computed from the inclusion proof of a subtree. The range has to be a subtree. */
export function rootBySubtree(hash: Hash, subtree: Range, size: number, proof: readonly Hash[]): Hash | null {
  const path = subtreeProofOf(subtree, size);
  if (proof.length !== path.length) return null;
  return proof.reduce<Hash>((root, sibling, step) => {
    const isRight = (path[step] as Range).begin > subtree.begin;
    return isRight ? nodeHash(root, sibling) : nodeHash(sibling, root);
  }, hash);
}

/** Whether a proof shows that the tree of size `to` begins with the one of size `from`. */
export function isConsistent(
  older: { readonly size: number; readonly root: Hash },
  newer: { readonly size: number; readonly root: Hash },
  proof: readonly Hash[],
): boolean {
  if (older.size > newer.size) return false;
  if (older.size === newer.size) return proof.length === 0 && older.root.equals(newer.root);
  if (older.size === 0) return proof.length === 0 && older.root.equals(EMPTY_ROOT);
  const path = consistencyProofOf(older.size, newer.size);
  if (proof.length !== path.length) return false;
  // If the older tree is a complete subtree of the newer one, the proof leaves it out.
  const isWhole = path.every(({ begin }) => begin >= older.size);
  const first = isWhole ? older.root : (proof[0] as Hash);
  let [inOlder, inNewer] = [first, first];
  for (let step = isWhole ? 0 : 1; step < proof.length; step += 1) {
    const sibling = proof[step] as Hash;
    if ((path[step] as Range).begin >= older.size) {
      inNewer = nodeHash(inNewer, sibling);
    } else {
      inOlder = nodeHash(sibling, inOlder);
      inNewer = nodeHash(sibling, inNewer);
    }
  }
  return inOlder.equals(older.root) && inNewer.equals(newer.root);
}

/** The right edge of a growing tree: all that is needed to continue it, at most one hash a level. */
export class GrowingTree {
  readonly #edge: Hash[];

  /** @param edge the hashes of `subtreesOf` all the present leaves. */
  constructor(
    private leaves = 0,
    edge: readonly Hash[] = [],
  ) {
    this.#edge = [...edge];
  }

  get size(): number {
    return this.leaves;
  }

  get edge(): readonly Hash[] {
    return this.#edge;
  }

  get root(): Hash {
    return rangeHash(this.#edge);
  }

  /** Adds a leaf. @param completed is called for every subtree that this completes, the leaf itself first. */
  append(leaf: Hash, completed: (subtree: Subtree, hash: Hash) => void = () => undefined): void {
    let index = this.leaves;
    let subtree = leaf;
    completed({ level: 0, index }, subtree);
    for (let level = 1; index % 2 === 1; level += 1) {
      subtree = nodeHash(this.#edge.pop() as Hash, subtree);
      index = (index - 1) / 2;
      completed({ level, index }, subtree);
    }
    this.#edge.push(subtree);
    this.leaves += 1;
  }
}
