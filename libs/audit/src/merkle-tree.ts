import { hash } from 'node:crypto';

/**
 * The Merkle tree of RFC 6962, section 2.1, over SHA-256: its hashes, which subtrees a proof is made of, and how a proof
 * is verified. Indexes and sizes are counted in leaves; nothing here stores anything.
 */

/** SHA-256: 32 bytes. */
export type Hash = Buffer;

/** The leaves from `begin` up to, and without, `end`. */
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

/** As text it is several times quicker than as bytes. */
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

/** One for all nodes: what is hashed is not kept. */
const pair = Buffer.alloc(1 + 2 * HASH_BYTES, 1);

/** The hash of a range from the hashes of `subtreesOf` it, in that order. */
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

/** The complete subtrees, from left to right, that make up a range which is itself a subtree: complete, or of the right edge. */
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

/** What an inclusion proof is made of: the subtrees beside the way from a leaf up to the root of a tree of `size`. */
export const inclusionProofOf = (leaf: number, size: number): Range[] =>
  subtreeProofOf({ begin: leaf, end: leaf + 1 }, size);

/** The same from a subtree, complete or of the right edge, instead of from a leaf. */
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

/** What a consistency proof is made of: the subtrees that show a tree of size `to` to begin with the one of size `from`. */
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
  // The older tree itself needs not be told to somebody who has its root.
  if (range.begin !== 0) path.push(range);
  return path.reverse();
}

/** The two subtrees of a subtree: the left one is complete and as large as can be. */
function split({ begin, end }: Range): [left: Range, right: Range] {
  const middle = begin + 2 ** (Math.ceil(Math.log2(end - begin)) - 1);
  return [
    { begin, end: middle },
    { begin: middle, end },
  ];
}

/** The root that an inclusion proof leads to; null when it has not the form of a proof for this leaf and size. */
export const rootByInclusion = (leaf: Hash, index: number, size: number, proof: readonly Hash[]): Hash | null =>
  index < size ? rootBySubtree(leaf, { begin: index, end: index + 1 }, size, proof) : null;

/** The same from a subtree that is known to be one, instead of from a leaf. */
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
  // A complete older tree is a subtree of the newer one as it stands, and is left out of the proof.
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

/** The right edge of a growing tree: all that has to be kept of it to go on, at most one hash a level. */
export class GrowingTree {
  readonly #edge: Hash[];

  /** @param edge the hashes of `subtreesOf` all the leaves there are. */
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

  /** Adds a leaf. @param completed is told of every subtree that is complete by it, the leaf itself first. */
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
