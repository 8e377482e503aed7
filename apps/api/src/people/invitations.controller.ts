import { Controller, Get, HttpCode, Inject, Param, Post, Req, UseInterceptors } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { isInvitationId } from '@connections/directory/identifiers';
import { type Invitation, Invitations, stateOf } from '@connections/directory/invitations';
import type { Caller } from '@connections/directory/roles';
import type { JsonObject } from '@connections/event-store/event-store';
import { Configuration } from '@connections/host/configuration';
import { pageOf, pageRequestOf } from '../directory/creation-pages';
import { rememberingOf, settlingOf } from '../http/attempt';
import { Attributes, NoAttributes } from '../http/attributes';
import { Needs } from '../http/credentials.guard';
import { IdempotencyInterceptor } from '../http/idempotency.interceptor';
import { NoParameters, Parameters } from '../http/parameters';
import { ProblemError } from '../http/problems';
import { type AuthenticatedRequest, CallerOf } from '../http/request';
import { requestMarkerOf } from '../http/request-marker';
import { Documented } from '../openapi/documented';
import { createInvitation, listInvitations, revokeInvitation } from '../openapi/invitation-operations';
import { CreateInvitationAttributes, InvitationListParameters } from './people.dto';

const INVITATIONS = 'invitations';
const PATH = '/api/v1/invitations';

/** An admin invites people to their organization, by links that they hand over themselves. */
@Controller(PATH)
export class InvitationsController {
  constructor(
    private readonly invitations: Invitations,
    @Inject(Configuration) private readonly configuration: Configuration,
  ) {}

  @Documented(createInvitation)
  @Post()
  @Needs('manage-members')
  @UseInterceptors(IdempotencyInterceptor)
  async create(
    @Req() request: AuthenticatedRequest,
    @Parameters(NoParameters) _: NoParameters,
    @Attributes({ dto: CreateInvitationAttributes, type: INVITATIONS }) { email, role }: CreateInvitationAttributes,
  ): Promise<JsonObject> {
    const { id: by, organizationId } = request.caller;
    const terms = { organizationId: organizationId as string, email, role, by };
    const { invitation, token } = await this.invitations.create(
      terms,
      new Date(),
      requestMarkerOf(request),
      settlingOf(request.attempt),
    );
    // After the #, so that the token is never sent to a server or logged.
    const link = `${baseOf(request, this.configuration.PUBLIC_URL)}/invitations#${token}`;
    return { data: resourceOf(invitation, { link }) };
  }

  @Documented(listInvitations)
  @Get()
  @Needs('manage-members')
  async list(
    @CallerOf() { organizationId }: Caller,
    @Parameters(InvitationListParameters) parameters: InvitationListParameters,
  ): Promise<JsonObject> {
    const wanted = {
      ...pageRequestOf(INVITATIONS, parameters),
      ...(parameters['filter[state]'] !== undefined && { openAt: new Date() }),
    };
    const found = await this.invitations.list(organizationId as string, wanted);
    return pageOf(INVITATIONS, PATH, parameters, found, (invitation) => resourceOf(invitation));
  }

  @Documented(revokeInvitation)
  @Post(':id/revoke')
  @HttpCode(200)
  @Needs('manage-members')
  @UseInterceptors(IdempotencyInterceptor)
  async revoke(
    @Req() request: AuthenticatedRequest,
    @Param('id') id: string,
    @Parameters(NoParameters) _: NoParameters,
    @Attributes({ dto: NoAttributes, type: INVITATIONS }) __: NoAttributes,
  ): Promise<JsonObject> {
    const organizationId = request.caller.organizationId as string;
    const remembering = rememberingOf(request.attempt, answerOf);
    const revoked = isInvitationId(id)
      ? await this.invitations.revoke(organizationId, id, new Date(), remembering)
      : null;
    if (revoked !== null) return answerOf(revoked);
    throw new ProblemError({ code: 'not-found', details: 'No invitation with this id is visible to you.' });
  }
}

/** The public address of the service; if it is not set, the address of the request. */
const baseOf = ({ protocol, headers }: FastifyRequest, publicUrl: string | undefined): string =>
  publicUrl === undefined
    ? `${/^https$/i.test(protocol) ? 'https' : 'http'}://${headers.host ?? 'localhost'}`
    : new URL(publicUrl).origin;

const answerOf = (invitation: Invitation): JsonObject => ({ data: resourceOf(invitation) });

const resourceOf = (invitation: Invitation, shown: { link?: string } = {}): JsonObject => ({
  type: INVITATIONS,
  id: invitation.id,
  attributes: {
    email: invitation.email,
    role: invitation.role,
    state: stateOf(invitation, new Date()),
    'created-at': invitation.createdAt,
    'expires-at': invitation.expiresAt,
    'accepted-at': invitation.acceptedAt,
    'revoked-at': invitation.revokedAt,
    ...shown,
  },
});
