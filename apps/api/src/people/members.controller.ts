import { Controller, Get, HttpCode, Param, Post, Req, UseInterceptors } from '@nestjs/common';
import { isPersonId } from '@connections/directory/identifiers';
import { type Member, Memberships } from '@connections/directory/memberships';
import type { Caller } from '@connections/directory/roles';
import type { JsonObject } from '@connections/event-store/event-store';
import { pageOf, pageRequestOf } from '../directory/creation-pages';
import { rememberingOf } from '../http/attempt';
import { Attributes, NoAttributes } from '../http/attributes';
import { Needs } from '../http/credentials.guard';
import { IdempotencyInterceptor } from '../http/idempotency.interceptor';
import { PageParameters } from '../http/page-parameters';
import { NoParameters, Parameters } from '../http/parameters';
import { ProblemError } from '../http/problems';
import { type AuthenticatedRequest, CallerOf } from '../http/request';
import { Documented } from '../openapi/documented';
import { changeMemberRole, listMembers, removeMember } from '../openapi/member-operations';
import { ChangeRoleAttributes } from './people.dto';

const MEMBERS = 'members';
const PATH = '/api/v1/members';

/** The members of the caller's organization. Only credentials of an organization have these permissions. */
@Controller(PATH)
export class MembersController {
  constructor(private readonly memberships: Memberships) {}

  @Documented(listMembers)
  @Get()
  @Needs('read-members')
  async list(
    @CallerOf() { organizationId }: Caller,
    @Parameters(PageParameters) parameters: PageParameters,
  ): Promise<JsonObject> {
    const found = await this.memberships.list(organizationId as string, pageRequestOf(MEMBERS, parameters));
    return pageOf(MEMBERS, PATH, parameters, found, resourceOf);
  }

  @Documented(changeMemberRole)
  @Post(':id/role')
  @HttpCode(200)
  @Needs('manage-members')
  @UseInterceptors(IdempotencyInterceptor)
  async changeRole(
    @Req() request: AuthenticatedRequest,
    @Param('id') id: string,
    @Parameters(NoParameters) _: NoParameters,
    @Attributes({ dto: ChangeRoleAttributes, type: MEMBERS }) { role }: ChangeRoleAttributes,
  ): Promise<JsonObject> {
    const organizationId = request.caller.organizationId as string;
    const remembering = rememberingOf(request.attempt, answerOf);
    return found(
      isPersonId(id) ? await this.memberships.changeRole(organizationId, id, role, new Date(), remembering) : null,
    );
  }

  @Documented(removeMember)
  @Post(':id/remove')
  @HttpCode(200)
  @Needs('manage-members')
  @UseInterceptors(IdempotencyInterceptor)
  async remove(
    @Req() request: AuthenticatedRequest,
    @Param('id') id: string,
    @Parameters(NoParameters) _: NoParameters,
    @Attributes({ dto: NoAttributes, type: MEMBERS }) __: NoAttributes,
  ): Promise<JsonObject> {
    const organizationId = request.caller.organizationId as string;
    const remembering = rememberingOf(request.attempt, answerOf);
    return found(isPersonId(id) ? await this.memberships.remove(organizationId, id, new Date(), remembering) : null);
  }
}

/** @throws ProblemError when there is no such member. */
function found(member: Member | null): JsonObject {
  if (member !== null) return answerOf(member);
  throw new ProblemError({ code: 'not-found', details: 'Nobody with this id is a member of your organization.' });
}

const answerOf = (member: Member): JsonObject => ({ data: resourceOf(member) });

const resourceOf = (member: Member): JsonObject => ({
  type: MEMBERS,
  id: member.id,
  attributes: {
    name: member.name,
    email: member.email,
    role: member.role,
    'joined-at': member.createdAt,
    'last-seen-at': member.lastSeenAt,
  },
});
