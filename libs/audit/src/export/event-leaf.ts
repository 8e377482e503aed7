import { hash } from 'node:crypto';
import { hashOfTexts } from '@connections/event-store/hash-chain';
import type { EventParts } from './records';

/** The hash stands at the end of the metadata. */
const HASH_MEMBER = ',"hash":"';
const HASH_MEMBER_LENGTH = HASH_MEMBER.length + 64 + '"}'.length;

export interface Proven {
  /** The hash over what the event says: lower-case hex. */
  readonly hash: string;
  /** The hash that it carries; null where it carries none. */
  readonly carried: string | null;
}

/** What the hash of an event is, and what it says that it is. */
export function proven({ stream, revision, type, eventId, data, metadata }: EventParts): Proven {
  const end = metadata.length - HASH_MEMBER_LENGTH;
  const carries = end > 0 && metadata.startsWith(HASH_MEMBER, end);
  const before = carries ? `${metadata.slice(0, end)}}` : metadata;
  return {
    hash: hashOfTexts(stream, revision, type, eventId, data, before),
    carried: carries ? metadata.slice(end + HASH_MEMBER.length, -2) : null,
  };
}

/** One buffer for all: a zero, and the bytes of the hash. */
const leafBytes = Buffer.alloc(33);

/** The leaf hash of an event, in base64. @param eventHash lower-case hex */
export function leafOf(eventHash: string): string {
  leafBytes.write(eventHash, 1, 'hex');
  return hash('sha256', leafBytes, 'base64');
}
