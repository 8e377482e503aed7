/** One row for each complete subtree of the Merkle tree over the log; leaves have `level` 0. Rebuilt from the log. */
export interface TreeRow {
  /** The subtree has 2^level leaves. */
  level: number;
  /** Its index within the level, counted from 0; for a leaf, the event's index in the log. */
  idx: number;
  /** Base64. */
  hash: string;
  /** The event of a leaf; null above the leaves. */
  stream: string | null;
  revision: number | null;
  position: string | null;
}

export interface TreeTables {
  tree: TreeRow;
}
