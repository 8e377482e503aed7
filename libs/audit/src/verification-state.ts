import { type Checkpoint, readCheckpoint } from './checkpoint';
import { GrowingTree, HASH_BYTES } from './merkle-tree';

/** How far a verification of the log has come: up to a checkpoint that it found to be true. */
export interface VerificationState {
  readonly form: typeof FORM;
  /** The signed note of that checkpoint. */
  readonly checkpoint: string;
  /** The right edge of the tree at that size, each hash in base64. */
  readonly edge: readonly string[];
  /** The last event of the tree at that size. */
  readonly last: {
    readonly stream: string;
    readonly revision: number;
    readonly hash: string;
    readonly position: string;
  };
}

const FORM = 'connections/verification/v1';

/** A verification cannot continue from a state; the message says why and what to do. */
export class UnusableState extends Error {}

/** Parses a state from JSON. @throws UnusableState */
export function readState(text: string): VerificationState {
  try {
    const state = JSON.parse(text) as Record<keyof VerificationState, unknown>;
    const { form, checkpoint, edge, last } = state;
    const isWhole =
      typeof checkpoint === 'string' && Array.isArray(edge) && edge.every((hash) => typeof hash === 'string');
    if (form === FORM && isWhole && typeof last === 'object' && last !== null) {
      readCheckpoint(checkpoint);
      return state as unknown as VerificationState;
    }
  } catch {
    // Thrown below.
  }
  throw new UnusableState('The state is not one that a verification has written. Leave it out, and begin anew.');
}

/** The tree from which a state continues. @throws UnusableState when it is not that of its checkpoint. */
export function treeOf({ checkpoint, edge }: VerificationState): GrowingTree {
  const { size, root }: Checkpoint = readCheckpoint(checkpoint);
  const tree = new GrowingTree(
    size,
    edge.map((hash) => Buffer.from(hash, 'base64')),
  );
  if (tree.edge.every((hash) => hash.length === HASH_BYTES) && tree.root.equals(root)) return tree;
  throw new UnusableState('The state has another tree than its checkpoint. Leave it out, and begin anew.');
}
