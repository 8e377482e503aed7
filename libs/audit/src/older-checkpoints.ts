import type { DueCheckpoint } from './due-checkpoints';
import { FaultFound } from './log-fault';
import { consistencyProofOf, EMPTY_ROOT, type Hash, isConsistent } from './merkle-tree';
import { BeyondTree, type Tree } from './tree';
import { UnusableState } from './verification-state';

/** A tree that is proven to be that of the log. */
interface ProvenTree {
  readonly size: number;
  readonly root: Hash;
}

/**
 * Compares kept checkpoints with a larger proven tree without reading the events again, so that they stay checked when
 * a verification resumes after them.
 * @param stored the stored tree; since anybody may have written to its table, only what it proves is believed.
 * @throws FaultFound, and UnusableState when there is no such proof.
 */
export async function compareWithOlder(
  kept: readonly DueCheckpoint[],
  newer: ProvenTree,
  stored: Pick<Tree, 'hashesOf'>,
): Promise<void> {
  let signed = 0;
  for (const { size, root, source, signedAt } of kept.toSorted((one, other) => one.size - other.size)) {
    const proven = await rootAt(size, newer, stored);
    if (proven === null) {
      const details = `${source} is of ${size} events, the state goes on behind ${newer.size}, and the table of the tree does not prove what lies between.`;
      throw new UnusableState(`${details} Leave the state out, and begin anew.`);
    }
    if (!root.equals(proven)) {
      const between =
        signed < size
          ? `one of the events from ${signed} to ${size - 1}, counted from 0, is not the one that was signed`
          : `another checkpoint of ${size} events, which agrees with this one, was signed as well`;
      const why = `${source}, signed at ${signedAt}, is of another log: ${between}. The checkpoint of ${newer.size} events, which the state is of, does not continue it.`;
      throw new FaultFound({ code: 'forked', event: null, index: signed, position: null, why });
    }
    signed = size;
  }
}

/** The root of the tree at a smaller size; null when that is not proven. */
async function rootAt(size: number, newer: ProvenTree, stored: Pick<Tree, 'hashesOf'>): Promise<Hash | null> {
  if (size === 0) return EMPTY_ROOT;
  try {
    const ranges = [{ begin: 0, end: size }, ...consistencyProofOf(size, newer.size)];
    const [root, ...proof] = (await stored.hashesOf(ranges)) as [Hash, ...Hash[]];
    return isConsistent({ size, root }, newer, proof) ? root : null;
  } catch (error) {
    if (error instanceof BeyondTree) return null;
    throw error;
  }
}
