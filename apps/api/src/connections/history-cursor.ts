import type { HistorySort } from '@connections/connection/queries/get-connection-history';
import { EVENTS } from '@connections/connection/resources';
import { fromCursor, pageLink, toCursor } from '../http/cursors';

/** A place in one order means another part of the history than in the other, so each has cursors of its own. */
const listOf = (connectionId: string, sort: HistorySort): string =>
  `${EVENTS}/${connectionId}${sort === 'occurred-at' ? '' : `/${sort}`}`;

/** The revision behind which a page begins. @throws ProblemError when it is no cursor of this history and order. */
export const revisionInCursor = (connectionId: string, sort: HistorySort, cursor: string): number =>
  Number(fromCursor(listOf(connectionId, sort), 'page[after]', cursor, /^\d{1,15}$/));

/** A relative link to the part of a history behind a revision. */
export const historyLink = (
  connectionId: string,
  after: number,
  query: Readonly<Record<string, unknown>> = {},
  sort: HistorySort = 'occurred-at',
): string =>
  pageLink(`/api/v1/connect/connections/${connectionId}/events`, query, {
    'page[after]': toCursor(listOf(connectionId, sort), String(after)),
  });
