import type { Checkpoints, SignedCheckpoint } from './checkpoints';
import { consistencyProofOf, type Hash, inclusionProofOf } from './merkle-tree';
import { BeyondTree, type Tree } from './tree';

/** The proof that an event is in the log of a checkpoint. */
export interface InclusionProof {
  /** The index of the event in the log, counted from 0. */
  readonly leafIndex: number;
  readonly path: readonly Hash[];
  readonly checkpoint: SignedCheckpoint;
}

/** The proof that the log of `to` events begins with the log of `from` events. */
export interface ConsistencyProof {
  readonly from: { readonly size: number; readonly root: Hash };
  readonly to: { readonly size: number; readonly root: Hash };
  readonly path: readonly Hash[];
}

/** The checkpoint was signed before the event happened. */
export class NotCovered extends Error {
  constructor({ size }: SignedCheckpoint) {
    super(`The checkpoint of ${size} events was signed before this event. Ask for a later one, or for none.`);
  }
}

/** Makes proofs about the log from its tree. */
export class Proofs {
  constructor(
    private readonly tree: Tree,
    private readonly checkpoints: Checkpoints,
  ) {}

  /**
   * @param checkpoint the one to prove it for; null for the latest, or for one signed now if that does not cover the
   * event.
   * @throws NotCovered, TreeBehind, UnusableKeys, LogForked
   */
  async inclusion(stream: string, revision: number, checkpoint: SignedCheckpoint | null): Promise<InclusionProof> {
    const known = await this.tree.leafOf(stream, revision);
    const covering = await (checkpoint === null ? this.#covering(known) : this.checkpoints.requireUnforked(checkpoint));
    const leafIndex = known ?? (await this.tree.leafOf(stream, revision));
    if (leafIndex === null || leafIndex >= covering.size) throw new NotCovered(covering);
    return {
      leafIndex,
      path: await this.tree.hashesOf(inclusionProofOf(leafIndex, covering.size)),
      checkpoint: covering,
    };
  }

  /** @throws BeyondTree when the tree has fewer events, or `from` is beyond `to`; LogForked, TreeBehind */
  async consistency(from: number, to: number): Promise<ConsistencyProof> {
    await this.checkpoints.examine();
    if (from > to) throw new BeyondTree({ begin: from, end: to });
    const [older, newer, ...path] = await this.tree.hashesOf([
      { begin: 0, end: from },
      { begin: 0, end: to },
      ...consistencyProofOf(from, to),
    ]);
    return { from: { size: from, root: older as Hash }, to: { size: to, root: newer as Hash }, path };
  }

  async #covering(leaf: number | null): Promise<SignedCheckpoint> {
    const latest = await this.checkpoints.examine();
    return leaf !== null && latest !== null && latest.size > leaf ? latest : this.checkpoints.coveringNow();
  }
}
