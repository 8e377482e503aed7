import { hash } from 'node:crypto';
import { writtenHash } from '@connections/event-store/hash-chain';
import type { EventParts } from './records';

export interface Proven {
  /** The hash over what the event says: lower-case hex. */
  readonly hash: string;
  /** The hash that it carries; null where it carries none. */
  readonly carried: string | null;
}

/** What the hash of an event is, and what it says that it is. */
export const proven = ({ eventId, ...parts }: EventParts): Proven => writtenHash({ ...parts, id: eventId });

/** One buffer for all: a zero, and the bytes of the hash. */
const leafBytes = Buffer.alloc(33);

/** The leaf hash of an event, in base64. @param eventHash lower-case hex */
export function leafOf(eventHash: string): string {
  leafBytes.write(eventHash, 1, 'hex');
  return hash('sha256', leafBytes, 'base64');
}
