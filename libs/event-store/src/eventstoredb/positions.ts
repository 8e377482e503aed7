import { type Position, START } from '../event-store';

/** A place in EventStoreDB's log: byte offsets as decimal text, as on the wire. */
export interface LogPlace {
  readonly commit: string;
  readonly prepare: string;
}

// The largest unsigned 64-bit number has 20 digits.
const DIGITS = 20;

/** What the server sends for an unknown position: the largest unsigned 64-bit number. */
const UNKNOWN = '18446744073709551615';

/**
 * Commit and prepare offset, 20 digits each, so that positions compare as strings. They are sparse byte offsets that
 * may exceed the safe integers, so they are never converted to numbers.
 * @returns null when the server does not tell the position.
 */
export function toPosition(commit: string, prepare: string): Position | null {
  if (commit === UNKNOWN) return null;
  return commit.padStart(DIGITS, '0') + prepare.padStart(DIGITS, '0');
}

/**
 * @returns null for `START`, which is sent differently. @throws RangeError for a position that this adapter did not
 * make.
 */
export function fromPosition(position: Position): LogPlace | null {
  if (position === START) return null;
  if (!/^[0-9]{40}$/.test(position)) throw new RangeError(`"${position}" is not a position in an EventStoreDB log.`);
  return { commit: offset(position.slice(0, DIGITS)), prepare: offset(position.slice(DIGITS)) };
}

/** Bytes of the log between two positions; 0 when the second does not come after the first. */
export function bytesBetween(after: Position, upTo: Position): number {
  const bytes = commitOf(upTo) - commitOf(after);
  return bytes > 0n ? Number(bytes) : 0;
}

const offset = (digits: string): string => BigInt(digits).toString();
const commitOf = (position: Position): bigint => BigInt(position.slice(0, DIGITS));
