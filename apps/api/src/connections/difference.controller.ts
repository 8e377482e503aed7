import { Controller, Get, Param, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { Past } from '@connections/connection/past';
import { CompareConnection } from '@connections/connection/queries/compare-connection';
import type { JsonObject } from '@connections/event-store/event-store';
import { AccessRecorder } from '../audit/access-recorder';
import { Needs } from '../http/credentials.guard';
import { Parameters } from '../http/parameters';
import type { AuthenticatedRequest } from '../http/request';
import { compareConnection } from '../openapi/connection-operations';
import { Documented } from '../openapi/documented';
import { connectionIdIn } from '../http/path-parameters';
import { refuseFuture } from '../http/refuse-future';
import { DifferenceParameters } from './connections.dto';
import { EventResources } from './event.resource';
import { historyLink } from './history-cursor';

/** The difference between two past states of a connection. */
@Controller('/api/v1/connect/connections/:id/diff')
export class DifferenceController {
  constructor(
    private readonly queries: QueryBus,
    private readonly resources: EventResources,
    private readonly recorder: AccessRecorder,
  ) {}

  @Documented(compareConnection)
  @Get()
  @Needs('read')
  async compare(
    @Req() request: AuthenticatedRequest,
    @Param('id') id: string,
    @Parameters(DifferenceParameters) { from, to }: DifferenceParameters,
  ): Promise<JsonObject> {
    const connectionId = connectionIdIn(id);
    refuseFutures({ from, to });
    const comparison = await this.queries.execute(
      new CompareConnection(connectionId, request.caller.organizationId, from, to ?? null),
    );
    return this.recorder.given(
      request,
      'diff',
      { kind: 'connection', id: connectionId },
      {
        data: await this.resources.ofComparison(connectionId, comparison),
        links: { events: comparison.next === null ? null : historyLink(connectionId, comparison.next) },
      },
    );
  }
}

function refuseFutures(ends: Readonly<Record<string, Past | undefined>>): void {
  for (const [parameter, past] of Object.entries(ends)) {
    if (past !== undefined && 'asOf' in past) refuseFuture(parameter, past.asOf);
  }
}
