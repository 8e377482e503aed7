import { Controller, Get, Param, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { ConnectionEvent } from '@connections/connection/domain/connection.events';
import { GetConnectionHistory } from '@connections/connection/queries/get-connection-history';
import type { JsonObject } from '@connections/event-store/event-store';
import { AccessRecorder } from '../audit/access-recorder';
import { Needs } from '../http/credentials.guard';
import { Parameters } from '../http/parameters';
import type { AuthenticatedRequest } from '../http/request';
import { listConnectionEvents } from '../openapi/connection-operations';
import { Documented } from '../openapi/documented';
import { connectionIdIn } from '../http/path-parameters';
import { HistoryParameters } from './connections.dto';
import { EventResources } from './event.resource';
import { historyLink, revisionInCursor } from './history-cursor';

/** The events of a connection, for both parties and for auditors. */
@Controller('/api/v1/connect/connections/:id/events')
export class HistoryController {
  constructor(
    private readonly queries: QueryBus,
    private readonly resources: EventResources,
    private readonly recorder: AccessRecorder,
  ) {}

  @Documented(listConnectionEvents)
  @Get()
  @Needs('read')
  async list(
    @Req() request: AuthenticatedRequest,
    @Param('id') id: string,
    @Parameters(HistoryParameters) parameters: HistoryParameters,
  ): Promise<JsonObject> {
    const connectionId = connectionIdIn(id);
    const { 'page[after]': cursor, sort } = parameters;
    const after = cursor === undefined ? null : revisionInCursor(connectionId, sort, cursor);
    const filter = {
      events: parameters['filter[event]']?.split(',') as ConnectionEvent['type'][] | undefined,
      actor: parameters['filter[actor]'],
      occurredFrom: parameters['filter[occurred-at-start]'],
      occurredTo: parameters['filter[occurred-at-end]'],
    };
    const size = parameters['page[size]'];
    const page = await this.queries.execute(
      new GetConnectionHistory(connectionId, request.caller.organizationId, size, after, filter, sort),
    );
    const query = { ...parameters, 'page[size]': String(size) };
    return this.recorder.given(
      request,
      'history',
      { kind: 'connection', id: connectionId },
      {
        data: await this.resources.of(connectionId, page.entries),
        links: { next: page.next === null ? null : historyLink(connectionId, page.next, query, sort) },
      },
    );
  }
}
