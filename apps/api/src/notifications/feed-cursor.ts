import { type Position, START } from '@connections/event-store/event-store';
import { fromCursor, toCursor } from '../http/cursors';
import { ProblemError } from '../http/problems';

const FEED = 'connect/events';
/** Nothing at all, for the beginning of the log. */
const POSITION = /^\d{0,64}$/;

export const feedCursor = (position: Position): string => toCursor(FEED, position);

/** @throws ProblemError when the parameter is no cursor of a feed. */
export const positionInParameter = (cursor: string | undefined): Position =>
  cursor === undefined ? START : fromCursor(FEED, 'page[after]', cursor, POSITION);

/** @throws ProblemError when the header is there and no cursor of a feed. */
export function positionInHeader(cursor: string | string[] | undefined): Position | null {
  if (cursor === undefined) return null;
  try {
    return fromCursor(FEED, 'Last-Event-ID', String(cursor), POSITION);
  } catch {
    throw new ProblemError({
      code: 'invalid-header',
      details: 'Last-Event-ID must be the id of an event of this stream, or a cursor of /api/v1/connect/events.',
      source: { header: 'Last-Event-ID' },
    });
  }
}
