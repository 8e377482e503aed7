import { Controller, Get, Post, Req, UseInterceptors } from '@nestjs/common';
import { Organizations } from '@connections/directory/organizations';
import { ORGANIZATIONS, organizationResourceOf } from '@connections/directory/resources';
import type { Caller } from '@connections/directory/roles';
import type { JsonObject } from '@connections/event-store/event-store';
import { settlingOf } from '../http/attempt';
import { Attributes } from '../http/attributes';
import { Needs } from '../http/credentials.guard';
import { IdempotencyInterceptor } from '../http/idempotency.interceptor';
import { PageParameters } from '../http/page-parameters';
import { NoParameters, Parameters } from '../http/parameters';
import { ProblemError } from '../http/problems';
import { type AuthenticatedRequest, CallerOf } from '../http/request';
import { requestMarkerOf } from '../http/request-marker';
import { createOrganization, listOrganizations, retrieveOrganization } from '../openapi/directory-operations';
import { Documented } from '../openapi/documented';
import { pageOf, pageRequestOf } from './creation-pages';
import { CreateOrganizationAttributes } from './directory.dto';

const PATH = '/api/v1/organizations';

/** The organizations that may connect, managed by the platform. */
@Controller('/api/v1')
export class OrganizationsController {
  constructor(private readonly organizations: Organizations) {}

  @Documented(retrieveOrganization)
  @Get('organization')
  @Needs('read')
  async own(@CallerOf() caller: Caller, @Parameters(NoParameters) _: NoParameters): Promise<JsonObject> {
    const organization = caller.organizationId === null ? null : await this.organizations.find(caller.organizationId);
    if (organization === null) {
      throw new ProblemError({
        code: 'not-found',
        details: 'A platform credential belongs to no organization; see /api/v1/organizations.',
      });
    }
    return { data: organizationResourceOf(organization) };
  }

  @Documented(createOrganization)
  @Post('organizations')
  @Needs('manage-organizations')
  @UseInterceptors(IdempotencyInterceptor)
  async create(
    @Req() request: AuthenticatedRequest,
    @Parameters(NoParameters) _: NoParameters,
    @Attributes({ dto: CreateOrganizationAttributes, type: ORGANIZATIONS }) { name }: CreateOrganizationAttributes,
  ): Promise<JsonObject> {
    const organization = await this.organizations.create(
      name,
      new Date(),
      requestMarkerOf(request),
      settlingOf(request.attempt),
    );
    return { data: organizationResourceOf(organization) };
  }

  @Documented(listOrganizations)
  @Get('organizations')
  @Needs('read-organizations')
  async list(@Parameters(PageParameters) parameters: PageParameters): Promise<JsonObject> {
    const found = await this.organizations.list(pageRequestOf(ORGANIZATIONS, parameters));
    return pageOf(ORGANIZATIONS, PATH, parameters, found, organizationResourceOf);
  }
}
