import type { RecordedEvent } from '@connections/event-store/event-store';
import { expectedHash, hashOf } from '@connections/event-store/hash-chain';
import { type Hash, leafHash } from './merkle-tree';

/** The leaf of an event: made from the hash that it carries, or, if it has none, from the one that it should carry. */
export function leafOfEvent(event: RecordedEvent): Hash {
  const carried = hashOf(event);
  const hash = carried !== null && /^[0-9a-f]{64}$/.test(carried) ? carried : expectedHash(event);
  return leafHash(Buffer.from(hash, 'hex'));
}
