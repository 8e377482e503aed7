/** One row a complete subtree of the Merkle tree over the log, `level` 0 being the leaves. Disposable; the log is the truth. */
export interface TreeRow {
  /** The subtree has 2^level leaves. */
  level: number;
  /** Which one of its level, counted from 0; of a leaf its place in the log. */
  idx: number;
  /** Base64. */
  hash: string;
  /** Which event the leaf is; null above the leaves. */
  stream: string | null;
  revision: number | null;
  position: string | null;
}

export interface TreeTables {
  tree: TreeRow;
}
