import { Controller, Get, HttpCode, Param, Post, Req, Res, UseGuards, UseInterceptors } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import { ActivateConnection } from '@connections/connection/commands/activate-connection';
import { CreateConnection } from '@connections/connection/commands/create-connection';
import { DeactivateConnection } from '@connections/connection/commands/deactivate-connection';
import { ReactivateConnection } from '@connections/connection/commands/reactivate-connection';
import { RedactText } from '@connections/connection/commands/redact-text';
import { TermsCheck } from '@connections/connection/commands/terms-check';
import type { CommandContext, CommandOutcome } from '@connections/connection/connection-log';
import type { Redactor } from '@connections/connection/domain/redaction';
import type { Status } from '@connections/connection/domain/lifecycle';
import type { Past } from '@connections/connection/past';
import { GetConnection } from '@connections/connection/queries/get-connection';
import { ListConnections } from '@connections/connection/queries/list-connections';
import type { Place } from '@connections/connection/queries/list-order';
import { CONNECTIONS, EVENTS } from '@connections/connection/resources';
import type { JsonObject } from '@connections/event-store/event-store';
import { AccessRecorder, allOf } from '../audit/access-recorder';
import { Attributes, Body, NoAttributes, type ReadBody } from '../http/attributes';
import { Needs } from '../http/credentials.guard';
import { pageLink } from '../http/cursors';
import { Freshness } from '../http/freshness';
import { IdempotencyInterceptor } from '../http/idempotency.interceptor';
import { etagOf, revisionsOf } from '../http/if-match';
import { isDryRun, NoParameters, Parameters } from '../http/parameters';
import { connectionIdIn, revisionIn } from '../http/path-parameters';
import { type Problem, ProblemError, termsProblem } from '../http/problems';
import { refuseFuture } from '../http/refuse-future';
import { RememberedReads } from '../http/remembered-reads';
import { type AuthenticatedRequest, correlationIdOf } from '../http/request';
import {
  activateConnection,
  createConnection,
  deactivateConnection,
  listConnections,
  reactivateConnection,
  redactText,
  retrieveConnection,
} from '../openapi/connection-operations';
import { Documented } from '../openapi/documented';
import { ConnectionResources } from './connection.resource';
import {
  CreateConnectionAttributes,
  ListParameters,
  ReasonAttributes,
  RetrieveParameters,
  StepParameters,
} from './connections.dto';
import { cursorIn, cursorOf } from './list-cursor';

export const CONNECTIONS_PATH = '/api/v1/connect/connections';

/** The handshake over HTTP. */
@Controller(CONNECTIONS_PATH)
export class ConnectionsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly terms: TermsCheck,
    private readonly resources: ConnectionResources,
    private readonly freshness: Freshness,
    private readonly recorder: AccessRecorder,
    private readonly reads: RememberedReads,
  ) {}

  @Documented(createConnection)
  @Post()
  @Needs('command')
  @UseInterceptors(IdempotencyInterceptor)
  async create(
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Parameters(NoParameters) _: NoParameters,
    @Body({ dto: CreateConnectionAttributes, type: CONNECTIONS }) body: ReadBody<CreateConnectionAttributes>,
  ): Promise<JsonObject> {
    const context = contextOf(request, {});
    const { attributes } = body;
    const problems = [...body.problems, ...foreignOrganizations(attributes, context.by.organizationId)];
    const destinationOrganizationId = attributes['destination-organization-id'];
    const { name = null, scopes = null } = attributes;
    if (problems.length > 0 || destinationOrganizationId === undefined) {
      throw new ProblemError([...problems, ...(await this.#termsProblems(attributes, context.by.organizationId))]);
    }
    const outcome = await this.commands.execute(
      new CreateConnection({ destinationOrganizationId, name, scopes }, context),
    );
    void reply.header('location', `${CONNECTIONS_PATH}/${outcome.connection.id}`);
    return this.#answer(outcome, request, reply);
  }

  @Documented(listConnections)
  @Get()
  @Needs('read')
  @UseGuards(Freshness)
  async list(
    @Req() request: AuthenticatedRequest,
    @Parameters(ListParameters) parameters: ListParameters,
  ): Promise<JsonObject> {
    const { caller } = request;
    if (parameters['filter[role]'] !== undefined && caller.organizationId === null) {
      const details = 'filter[role] is the part of your own organization, and a platform credential has none.';
      throw new ProblemError({ code: 'invalid-parameter', details, source: { parameter: 'filter[role]' } });
    }
    const asOf = parameters['as-of'] ?? null;
    if (asOf !== null) refuseFuture('as-of', asOf);
    const { sort } = parameters;
    if (asOf !== null && sort.endsWith('updated-at')) {
      const details = 'A list of the past is sorted by created-at or name: rows tell of the very last change alone.';
      throw new ProblemError({ code: 'invalid-parameter', details, source: { parameter: 'sort' } });
    }
    const page = await this.queries.execute(
      new ListConnections(
        caller.organizationId,
        {
          statuses: statusesIn(parameters['filter[status]']),
          role: parameters['filter[role]'],
          sourceOrganizationId: parameters['filter[source-organization-id]'],
          destinationOrganizationId: parameters['filter[destination-organization-id]'],
          name: parameters['filter[name]'],
          search: parameters['filter[search]'],
          createdFrom: parameters['filter[created-at-start]'],
          createdTo: parameters['filter[created-at-end]'],
        },
        parameters['page[size]'],
        cursorIn(parameters),
        asOf,
        sort,
      ),
    );
    const query = { ...parameters, 'page[size]': String(parameters['page[size]']) };
    const link = (side: 'after' | 'before', place: Place | null): string | null =>
      place === null ? null : pageLink(CONNECTIONS_PATH, query, { [`page[${side}]`]: cursorOf(sort, place) });
    const answer = {
      data: await this.resources.ofEach(page.connections, caller, asOf === null),
      links: { prev: link('before', page.previous), next: link('after', page.next) },
    };
    return asOf === null
      ? this.reads.keep(request, answer)
      : this.recorder.given(request, 'time-travel', allOf(caller), answer);
  }

  @Documented(retrieveConnection)
  @Get(':id')
  @Needs('read')
  @UseGuards(Freshness)
  async retrieve(
    @Req() request: AuthenticatedRequest,
    @Param('id') id: string,
    @Parameters(RetrieveParameters) parameters: RetrieveParameters,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonObject> {
    const { caller } = request;
    const past = pastOf(parameters);
    const found = await this.queries.execute(new GetConnection(connectionIdIn(id), caller.organizationId, past));
    const answer = { data: await this.resources.of(found, caller, past === null) };
    if (past !== null) await this.recorder.given(request, 'time-travel', { kind: 'connection', id }, answer);
    // The ETag contains the revision, and so must not be sent before the access is recorded.
    void reply.header('etag', etagOf(found.revision));
    return past === null ? this.reads.keep(request, answer) : answer;
  }

  @Documented(activateConnection)
  @Post(':id/activate')
  @HttpCode(200)
  @Needs('command')
  @UseInterceptors(IdempotencyInterceptor)
  async activate(
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Parameters(StepParameters) parameters: StepParameters,
    @Attributes({ dto: NoAttributes, type: CONNECTIONS }) _: NoAttributes,
  ): Promise<JsonObject> {
    const command = new ActivateConnection(connectionIdIn(id), contextOf(request, parameters));
    return this.#answer(await this.commands.execute(command), request, reply);
  }

  @Documented(deactivateConnection)
  @Post(':id/deactivate')
  @HttpCode(200)
  @Needs('command')
  @UseInterceptors(IdempotencyInterceptor)
  async deactivate(
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Parameters(StepParameters) parameters: StepParameters,
    @Attributes({ dto: ReasonAttributes, type: CONNECTIONS }) { reason }: ReasonAttributes,
  ): Promise<JsonObject> {
    const command = new DeactivateConnection(connectionIdIn(id), reason ?? null, contextOf(request, parameters));
    return this.#answer(await this.commands.execute(command), request, reply);
  }

  @Documented(reactivateConnection)
  @Post(':id/reactivate')
  @HttpCode(200)
  @Needs('command')
  @UseInterceptors(IdempotencyInterceptor)
  async reactivate(
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Parameters(StepParameters) parameters: StepParameters,
    @Attributes({ dto: ReasonAttributes, type: CONNECTIONS }) { reason }: ReasonAttributes,
  ): Promise<JsonObject> {
    const command = new ReactivateConnection(connectionIdIn(id), reason ?? null, contextOf(request, parameters));
    return this.#answer(await this.commands.execute(command), request, reply);
  }

  @Documented(redactText)
  @Post(':id/events/:revision/redact')
  @HttpCode(200)
  @Needs('redact')
  @UseInterceptors(IdempotencyInterceptor)
  async redact(
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Param('revision') revision: string,
    @Parameters(StepParameters) parameters: StepParameters,
    @Attributes({ dto: NoAttributes, type: EVENTS }) _: NoAttributes,
  ): Promise<JsonObject> {
    const { type, id: actor, organizationId } = request.caller;
    const by = { type, id: actor, organizationId } as Redactor;
    const context = { ...contextOf(request, parameters), by };
    return this.#answer(
      await this.commands.execute(new RedactText(connectionIdIn(id), revisionIn(revision), context)),
      request,
      reply,
    );
  }

  /** The whole resource after a command, once readers can see the change, or after a short wait. */
  async #answer(
    outcome: CommandOutcome,
    { caller, query }: AuthenticatedRequest,
    reply: FastifyReply,
  ): Promise<JsonObject> {
    const data = await this.resources.of(outcome, caller);
    if (isDryRun(query)) {
      return { data: { ...data, meta: { ...(data['meta'] as JsonObject), 'dry-run': true } } };
    }
    if (outcome.position !== null) {
      await this.freshness.settle(outcome.position);
      void reply.header('connect-position', outcome.position);
    }
    void reply.header('etag', etagOf(outcome.revision));
    return { data };
  }

  /** The terms are checked even if the shape is already wrong, so that all problems are reported together. */
  async #termsProblems(attributes: Partial<CreateConnectionAttributes>, organizationId: string): Promise<Problem[]> {
    const { 'destination-organization-id': destination, name = null, scopes } = attributes;
    const terms = {
      connectionId: '',
      destinationOrganizationId: destination ?? '',
      name,
      scopes: scopes ?? [],
    };
    const problems = (await this.terms.problems(terms, organizationId)).filter(
      ({ attribute }) => attribute in attributes && attributes[attribute as 'name' | 'scopes'] != null,
    );
    return problems.map(termsProblem);
  }
}

function contextOf(request: AuthenticatedRequest, parameters: StepParameters): CommandContext {
  const { caller } = request;
  return {
    // The guard admits only credentials of an organization to commands.
    by: { type: caller.type, id: caller.id, organizationId: caller.organizationId as string },
    requestId: request.id,
    correlationId: correlationIdOf(request),
    attempt: request.attempt ?? null,
    ifMatch: revisionsOf(request.headers['if-match']),
    dryRun: parameters['dry-run'] === 'true',
  };
}

/** The creating organization is the source, as its credential says; the body cannot name another. */
function foreignOrganizations(attributes: Partial<CreateConnectionAttributes>, organizationId: string): Problem[] {
  return (['organization-id', 'source-organization-id'] as const)
    .filter((name) => attributes[name] !== undefined && attributes[name] !== organizationId)
    .map((name) => ({
      code: 'foreign-organization' as const,
      details: `Your organization is ${organizationId}, and it is the source of what it creates. Leave ${name} out.`,
      source: { pointer: `/data/attributes/${name}` },
    }));
}

function pastOf({ 'as-of': asOf, revision }: RetrieveParameters): Past | null {
  if (asOf !== undefined && revision !== undefined) {
    const details = 'Give as-of or revision, not both.';
    throw new ProblemError({ code: 'invalid-parameter', details, source: { parameter: 'revision' } });
  }
  if (revision !== undefined) return { revision };
  if (asOf === undefined) return null;
  refuseFuture('as-of', asOf);
  return { asOf };
}

/** Each status once, so that a long list is no other query than a short one. */
const statusesIn = (list: string | undefined): Status[] | undefined =>
  list === undefined ? undefined : [...new Set(list.split(','))].sort().map((status) => status as Status);
