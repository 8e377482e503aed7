import { Controller, Get, Inject } from '@nestjs/common';
import { describeScope } from '@connections/connection/domain/scopes';
import type { JsonObject } from '@connections/event-store/event-store';
import { Configuration } from '@connections/host/configuration';
import { Needs } from '../http/credentials.guard';
import { NoParameters, Parameters } from '../http/parameters';
import { listScopes } from '../openapi/connection-operations';
import { Documented } from '../openapi/documented';

/** The catalogue: what connections can cover. */
@Controller('/api/v1/connect/scopes')
export class ScopesController {
  constructor(@Inject(Configuration) private readonly configuration: Configuration) {}

  @Documented(listScopes)
  @Get()
  @Needs('read')
  list(@Parameters(NoParameters) _: NoParameters): JsonObject {
    const { CONNECT_SCOPES, CONNECT_DEFAULT_SCOPES } = this.configuration;
    return {
      data: CONNECT_SCOPES.map((scope) => ({
        type: 'connect/scopes',
        id: scope,
        attributes: { description: describeScope(scope), default: CONNECT_DEFAULT_SCOPES.includes(scope) },
      })),
    };
  }
}
