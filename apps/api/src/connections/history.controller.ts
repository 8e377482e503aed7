import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { GetConnectionHistory, type HistoryEntry } from '@connections/connection/queries/get-connection-history';
import type { Caller } from '@connections/directory/roles';
import type { JsonObject } from '@connections/event-store/event-store';
import { Needs } from '../http/credentials.guard';
import { fromCursor, pageLink, toCursor } from '../http/cursors';
import { Parameters } from '../http/parameters';
import { CallerOf } from '../http/request';
import { listConnectionEvents } from '../openapi/connection-operations';
import { Documented } from '../openapi/documented';
import { connectionIdIn } from './connections.controller';
import { HistoryParameters } from './connections.dto';

const EVENTS = 'connect/events';

/** What happened to a connection, for both parties and for auditors. */
@Controller('/api/v1/connect/connections/:id/events')
export class HistoryController {
  constructor(private readonly queries: QueryBus) {}

  @Documented(listConnectionEvents)
  @Get()
  @Needs('read')
  async list(
    @CallerOf() caller: Caller,
    @Param('id') id: string,
    @Parameters(HistoryParameters) parameters: HistoryParameters,
  ): Promise<JsonObject> {
    const connectionId = connectionIdIn(id);
    const cursor = parameters['page[after]'];
    const list = `${EVENTS}/${connectionId}`;
    const after = cursor === undefined ? -1 : Number(fromCursor(list, 'page[after]', cursor, /^\d{1,15}$/));
    const size = parameters['page[size]'];
    const page = await this.queries.execute(new GetConnectionHistory(connectionId, caller.organizationId, size, after));
    const path = `/api/v1/connect/connections/${connectionId}/events`;
    const next = page.next === null ? null : { 'page[after]': toCursor(list, String(page.next)) };
    return {
      data: page.entries.map((entry) => resourceOf(connectionId, entry)),
      links: { next: next && pageLink(path, { 'page[size]': String(size) }, next) },
    };
  }
}

const resourceOf = (connectionId: string, entry: HistoryEntry): JsonObject => {
  const { event } = entry;
  return {
    type: EVENTS,
    // Stable for ever: the place in the stream, not in any table.
    id: `${connectionId}@${entry.revision}`,
    attributes: {
      'connection-id': connectionId,
      revision: entry.revision,
      event: event.type,
      'from-status': entry.fromStatus,
      'to-status': entry.toStatus,
      actor: {
        type: event.actor.type,
        id: event.actor.id,
        'organization-id': event.actor.organizationId,
        role: event.actor.role,
      },
      reason: 'reason' in event ? event.reason : null,
      'occurred-at': event.occurredAt,
      'request-id': entry.requestId,
      'correlation-id': entry.correlationId,
      position: entry.position,
      'previous-hash': entry.previousHash,
      hash: entry.hash,
    },
  };
};
