import { Controller, Get } from '@nestjs/common';
import { ACCESSES, accessResourceOf } from '@connections/audit/access-resource';
import { Accesses } from '@connections/audit/accesses';
import type { Caller } from '@connections/directory/roles';
import type { JsonObject } from '@connections/event-store/event-store';
import { pageOf, pageRequestOf } from '../directory/creation-pages';
import { Needs } from '../http/credentials.guard';
import { Parameters } from '../http/parameters';
import { CallerOf } from '../http/request';
import { listAccesses } from '../openapi/access-operations';
import { Documented } from '../openapi/documented';
import { AccessListParameters } from './accesses.dto';

const PATH = '/api/v1/audit/accesses';

/** Who accessed the history. */
@Controller(PATH)
export class AccessesController {
  constructor(private readonly accesses: Accesses) {}

  @Documented(listAccesses)
  @Get()
  @Needs('read-accesses')
  async list(
    @CallerOf() { organizationId }: Caller,
    @Parameters(AccessListParameters) parameters: AccessListParameters,
  ): Promise<JsonObject> {
    const filter = {
      kind: parameters['filter[kind]'],
      credentialId: parameters['filter[credential-id]'],
      from: parameters['filter[accessed-at-start]'],
      to: parameters['filter[accessed-at-end]'],
    };
    const { size, after } = pageRequestOf(ACCESSES, parameters);
    const page = { size, after: after && { at: after.createdAt, id: after.id } };
    const found =
      organizationId === null
        ? await this.accesses.list(filter, page)
        : await this.accesses.concerning(organizationId, filter, page);
    const placed = found.map((access) => ({ ...access, createdAt: access.at }));
    return pageOf(ACCESSES, PATH, parameters, placed, accessResourceOf);
  }
}
