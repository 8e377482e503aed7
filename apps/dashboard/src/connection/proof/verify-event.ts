import type { components } from '@connections/client/generated';
import { fromBase64, fromHex, isSame } from './bytes';
import { type Checkpoint, openCheckpoint, type Unproven } from './checkpoint';
import { HASH_BYTES, leafOf, rootFrom } from './inclusion';
import type { VerifierKey } from './signed-note';

/** The proof of one event, as the API gives it. */
export type InclusionProof = components['schemas']['InclusionProofAttributes'];

/** An event that is in the log which was signed, at a place of its own. */
export interface ProvenEvent {
  readonly checkpoint: Checkpoint;
  readonly leafIndex: number;
}

/**
 * Verifies that an event is in the log which the operator has signed. The hash of the event is where it begins: that it
 * is the hash of what is shown cannot be told here, since the API does not give the stored bytes; an export has them.
 * @param shownHash the hash that the history shows for the event, in hex
 */
export async function verifyEvent(
  shownHash: string | null,
  proof: InclusionProof,
  believed: readonly VerifierKey[],
): Promise<ProvenEvent | Unproven> {
  if (shownHash === null) return { why: 'The event carries no hash, so there is nothing to prove.' };
  if (proof.eventHash !== shownHash) return { why: 'The proof is of another hash than the history shows.' };
  const checkpoint = await openCheckpoint(proof.checkpoint, believed);
  if ('why' in checkpoint) return checkpoint;
  const { leafIndex } = proof;
  const hash = fromHex(shownHash);
  const path = proof.path.map(fromBase64);
  const isWhole = hash?.length === HASH_BYTES && path.every((node) => node !== null);
  const root = isWhole ? await rootFrom(await leafOf(hash), leafIndex, checkpoint.size, path) : null;
  if (root === null) return { why: 'What the service gave as its proof is none.' };
  if (!isSame(root, checkpoint.root)) return { why: 'The proof does not lead to what was signed.' };
  return { checkpoint, leafIndex };
}
