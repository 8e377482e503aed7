import type { Checkpoints, SignedCheckpoint } from '@connections/audit/checkpoints';
import { ProblemError } from '../http/problems';

/** @throws ProblemError when none was signed of this size. */
export async function checkpointAt(checkpoints: Checkpoints, size: number): Promise<SignedCheckpoint> {
  const found = await checkpoints.at(size);
  if (found !== null) return found;
  const details = `No checkpoint was signed of ${size} events; see /api/v1/audit/checkpoints for those that were.`;
  throw new ProblemError({ code: 'not-found', details });
}
