import type { HistoryEvent } from '../event-types';
import { isSame } from './bytes';
import { breakBetween, type Link } from './chain';
import type { Checkpoint, Unproven } from './checkpoint';
import type { VerifierKey } from './signed-note';
import { type InclusionProof, verifyEvent } from './verify-event';

/** A history of which every event is in the signed log, and which has no gap. */
export interface ProvenHistory {
  readonly events: number;
  readonly checkpoint: Checkpoint;
}

/** Where and why a history is not proven. */
export interface UnprovenHistory extends Unproven {
  readonly revision: number;
}

type Event = Pick<HistoryEvent, 'revision' | 'hash' | 'previousHash'>;

/**
 * Verifies a history: all events are in the log by the same checkpoint, and each directly follows the one before.
 * @param parts the events, oldest first; the proofs of a part are requested at once.
 * @param proofOf returns the proof of a revision, always by the same checkpoint.
 * @param onProgress is told how many events are verified.
 */
export async function verifyHistory(
  parts: AsyncIterable<readonly Event[]>,
  proofOf: (revision: number) => Promise<InclusionProof>,
  believed: readonly VerifierKey[],
  onProgress: (events: number) => void,
): Promise<ProvenHistory | UnprovenHistory> {
  let before: Link | null = null;
  let checkpoint: Checkpoint | null = null;
  for await (const part of parts) {
    const proofs = await Promise.all(part.map(({ revision }) => proofOf(revision)));
    for (const [index, event] of part.entries()) {
      const { revision } = event;
      const verified = await verifyEvent(event.hash, proofs[index] as InclusionProof, believed);
      if ('why' in verified) return { revision, why: verified.why };
      const link: Link = { ...event, leafIndex: verified.leafIndex };
      const broken = breakBetween(before, link);
      if (broken !== null) return { revision, ...broken };
      if (checkpoint !== null && !isSameTree(checkpoint, verified.checkpoint))
        return { revision, why: 'The operator has signed two different logs of one size.' };
      checkpoint = verified.checkpoint;
      before = link;
    }
    if (before !== null) onProgress(before.revision + 1);
  }
  return before === null || checkpoint === null
    ? { revision: 0, why: 'There are no events.' }
    : { events: before.revision + 1, checkpoint };
}

const isSameTree = (one: Checkpoint, other: Checkpoint): boolean =>
  one.size === other.size && isSame(one.root, other.root);
