import { type Position, START } from '@connections/event-store/event-store';
import { fromCursor, toCursor } from '../http/cursors';
import { type Problem, ProblemError } from '../http/problems';

/** A place in a feed, identified by its position and the event there. */
export interface FeedMark {
  readonly position: Position;
  /** The first digits of that event's hash; null at the beginning of the log, and in cursors of former versions. */
  readonly hash: string | null;
}

/** The part of a request that names a place. */
export type Named = Required<Pick<Problem, 'code' | 'source'>> & { readonly name: string };

export const PARAMETER: Named = { name: 'page[after]', code: 'invalid-cursor', source: { parameter: 'page[after]' } };
export const HEADER: Named = { name: 'Last-Event-ID', code: 'invalid-header', source: { header: 'Last-Event-ID' } };

const FEED = 'connect/events';
/** How many digits of the hash: enough to tell an event from any other that could be at its position. */
const DIGITS = 16;
/** Empty for the beginning of the log. */
const MARK = new RegExp(`^\\d{0,64}(\\.[0-9a-f]{${DIGITS}})?$`);

export const markOf = (position: Position, hash: string | null): FeedMark => ({
  position,
  hash: hash === null ? null : hash.slice(0, DIGITS),
});

export const feedCursor = ({ position, hash }: FeedMark): string =>
  toCursor(FEED, hash === null ? position : `${position}.${hash}`);

/** @throws ProblemError when the parameter is no cursor of a feed. */
export const markInParameter = (cursor: string | undefined): FeedMark =>
  cursor === undefined ? markOf(START, null) : markIn(cursor);

/** Null if there is no header. @throws ProblemError when it is no cursor of a feed. */
export function markInHeader(cursor: string | string[] | undefined): FeedMark | null {
  if (cursor === undefined) return null;
  try {
    return markIn(String(cursor));
  } catch {
    const details = 'Last-Event-ID must be the id of an event of this stream, or a cursor of /api/v1/connect/events.';
    throw new ProblemError({ code: HEADER.code, details, source: HEADER.source });
  }
}

function markIn(cursor: string): FeedMark {
  const [position = START, hash = null] = fromCursor(FEED, PARAMETER.name, cursor, MARK).split('.');
  return { position, hash };
}
