import type { components } from '@connections/client/generated';
import { fromBase64, fromHex, isSame } from './bytes';
import { type Checkpoint, openCheckpoint, type Unproven } from './checkpoint';
import { HASH_BYTES, leafOf, rootFrom } from './inclusion';
import type { VerifierKey } from './signed-note';

/** The proof of one event, in the API's form. */
export type InclusionProof = components['schemas']['InclusionProofAttributes'];

/** An event that is in the signed log, at a known place. */
export interface ProvenEvent {
  readonly checkpoint: Checkpoint;
  readonly leafIndex: number;
}

/**
 * Verifies that an event is in the log that the operator has signed. It starts from the event's hash. Whether that is
 * the hash of what is shown cannot be verified here, since the API does not give the stored bytes; an export contains
 * them.
 * @param shownHash the hash that the history shows for the event, in hex.
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
