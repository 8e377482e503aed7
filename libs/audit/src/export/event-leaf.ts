import { hash } from 'node:crypto';
import { writtenHash } from '@connections/event-store/hash-chain';
import type { EventParts } from './records';

export interface Proven {
  /** The hash over the content of the event: lower-case hex. */
  readonly hash: string;
  /** The hash that it carries; null if it carries none. */
  readonly carried: string | null;
}

/** The hash of an event's content, and the one that it carries. */
export const proven = ({ eventId, ...parts }: EventParts): Proven => writtenHash({ ...parts, id: eventId });

/** One buffer, used again each time: a zero byte, and the bytes of the hash. */
const leafBytes = Buffer.alloc(33);

/** The leaf hash of an event, in base64. @param eventHash lower-case hex. */
export function leafOf(eventHash: string): string {
  leafBytes.write(eventHash, 1, 'hex');
  return hash('sha256', leafBytes, 'base64');
}
