import { Controller, Get, HttpCode, Inject, Param, Post, Req, UseInterceptors } from '@nestjs/common';
import type { Logger } from 'pino';
import { type ApiKey, ApiKeys } from '@connections/directory/api-keys';
import { isApiKeyId } from '@connections/directory/identifiers';
import { Organizations } from '@connections/directory/organizations';
import { API_KEYS, apiKeyResourceOf } from '@connections/directory/resources';
import { type Caller, isPlatformRole } from '@connections/directory/roles';
import type { JsonObject } from '@connections/event-store/event-store';
import { rememberingOf, settlingOf } from '../http/attempt';
import { Attributes, NoAttributes } from '../http/attributes';
import { Needs } from '../http/credentials.guard';
import { IdempotencyInterceptor } from '../http/idempotency.interceptor';
import { NoParameters, Parameters } from '../http/parameters';
import { ProblemError, type Source } from '../http/problems';
import { requestMarkerOf } from '../http/request-marker';
import { type AuthenticatedRequest, CallerOf } from '../http/request';
import { LOG } from '../log';
import { createApiKey, listApiKeys, revokeApiKey } from '../openapi/directory-operations';
import { Documented } from '../openapi/documented';
import { pageOf, pageRequestOf } from './creation-pages';
import { ApiKeyListParameters, CreateApiKeyAttributes } from './directory.dto';

const PATH = '/api/v1/api-keys';

/** Credentials: an admin manages those of their own organization, the platform all. */
@Controller(PATH)
export class ApiKeysController {
  constructor(
    private readonly apiKeys: ApiKeys,
    private readonly organizations: Organizations,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  @Documented(createApiKey)
  @Post()
  @Needs('manage-keys')
  @UseInterceptors(IdempotencyInterceptor)
  async create(
    @Req() request: AuthenticatedRequest,
    @Parameters(NoParameters) _: NoParameters,
    @Attributes({ dto: CreateApiKeyAttributes, type: API_KEYS }) attributes: CreateApiKeyAttributes,
  ): Promise<JsonObject> {
    const { role, name } = attributes;
    const organizationId = await this.#organizationFor(request.caller, attributes);
    const expiresAt = attributes['expires-at'] ?? null;
    if (expiresAt !== null && expiresAt <= new Date().toISOString()) {
      const source = { pointer: '/data/attributes/expires-at' };
      throw new ProblemError({ code: 'invalid-attribute', details: 'expires-at must lie in the future.', source });
    }
    const terms = { organizationId, role, name, expiresAt };
    const { apiKey, key } = await this.apiKeys.create(
      terms,
      new Date(),
      requestMarkerOf(request),
      settlingOf(request.attempt),
    );
    this.#tell(request, apiKey, 'API key made');
    return { data: apiKeyResourceOf(apiKey, { key }) };
  }

  @Documented(listApiKeys)
  @Get()
  @Needs('read-keys')
  async list(
    @CallerOf() caller: Caller,
    @Parameters(ApiKeyListParameters) parameters: ApiKeyListParameters,
  ): Promise<JsonObject> {
    const filter = parameters['filter[organization-id]'];
    const organizationId = caller.organizationId ?? filter;
    if (filter !== undefined && filter !== organizationId) throw foreign({ parameter: 'filter[organization-id]' });
    const found = await this.apiKeys.list({ ...pageRequestOf(API_KEYS, parameters), organizationId });
    return pageOf(API_KEYS, PATH, parameters, found, (apiKey) => apiKeyResourceOf(apiKey));
  }

  @Documented(revokeApiKey)
  @Post(':id/revoke')
  @HttpCode(200)
  @Needs('manage-keys')
  @UseInterceptors(IdempotencyInterceptor)
  async revoke(
    @Req() request: AuthenticatedRequest,
    @Param('id') id: string,
    @Parameters(NoParameters) _: NoParameters,
    @Attributes({ dto: NoAttributes, type: API_KEYS }) __: NoAttributes,
  ): Promise<JsonObject> {
    const { caller } = request;
    const found = isApiKeyId(id) ? await this.apiKeys.find(id) : null;
    const visible =
      found !== null && (caller.organizationId === null || caller.organizationId === found.organizationId);
    const revoked = visible
      ? await this.apiKeys.revoke(id, new Date(), rememberingOf(request.attempt, answerOf))
      : null;
    if (revoked === null)
      throw new ProblemError({ code: 'not-found', details: 'No API key with this id is visible to you.' });
    this.#tell(request, revoked, 'API key revoked');
    return answerOf(revoked);
  }

  /** A key outlasts the person who made it, so the log says who that was. */
  #tell({ id: requestId, caller }: AuthenticatedRequest, { id, organizationId, role }: ApiKey, step: string): void {
    this.log.info({ requestId, apiKey: id, organization: organizationId, role, by: caller.id }, step);
  }

  /**
   * The organization that a new key will belong to. @throws ProblemError when the caller may not choose it, or it does
   * not fit the role.
   */
  async #organizationFor(caller: Caller, attributes: CreateApiKeyAttributes): Promise<string | null> {
    const { role, 'organization-id': named = null } = attributes;
    const source = { pointer: '/data/attributes/organization-id' };
    if (caller.organizationId !== null) {
      if (named !== null && named !== caller.organizationId) throw foreign(source);
      if (isPlatformRole(role)) {
        const details = `An organization’s admin makes keys for its own organization; the role ${role} is the platform’s.`;
        throw new ProblemError({ code: 'not-permitted', details, source: { pointer: '/data/attributes/role' } });
      }
      return caller.organizationId;
    }
    if (isPlatformRole(role)) {
      if (named === null) return null;
      throw new ProblemError({
        code: 'invalid-attribute',
        details: `A ${role} belongs to no organization; leave it out.`,
        source,
      });
    }
    if (named === null) {
      throw new ProblemError({
        code: 'missing-attribute',
        details: `A key with the role ${role} needs its organization.`,
        source,
      });
    }
    if ((await this.organizations.find(named)) !== null) return named;
    throw new ProblemError({ code: 'unknown-organization', details: `There is no organization ${named}.`, source });
  }
}

const foreign = (source: Source): ProblemError =>
  new ProblemError({
    code: 'foreign-organization',
    details: 'You speak for one organization only; leave the other one out.',
    source,
  });

const answerOf = (apiKey: ApiKey): JsonObject => ({ data: apiKeyResourceOf(apiKey) });
