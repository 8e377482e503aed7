import type { HistorySort } from '@connections/connection/queries/get-connection-history';
import { EVENTS } from '@connections/connection/resources';
import { fromCursor, pageLink, toCursor } from '../http/cursors';

/** A place leads to different parts of the history in the two orders, so each order has cursors of its own. */
const listOf = (connectionId: string, sort: HistorySort): string =>
  `${EVENTS}/${connectionId}${sort === 'occurred-at' ? '' : `/${sort}`}`;

/** The revision after which a page begins. @throws ProblemError when the cursor is none of this history and order. */
export const revisionInCursor = (connectionId: string, sort: HistorySort, cursor: string): number =>
  Number(fromCursor(listOf(connectionId, sort), 'page[after]', cursor, /^\d{1,15}$/));

/** A relative link to the part of a history after a revision. */
export const historyLink = (
  connectionId: string,
  after: number,
  query: Readonly<Record<string, unknown>> = {},
  sort: HistorySort = 'occurred-at',
): string =>
  pageLink(`/api/v1/connect/connections/${connectionId}/events`, query, {
    'page[after]': toCursor(listOf(connectionId, sort), String(after)),
  });
