import { Injectable } from '@nestjs/common';
import { ApiKeys } from '@connections/directory/api-keys';
import { Memberships } from '@connections/directory/memberships';
import { type Caller, may, type Permission } from '@connections/directory/roles';
import { Sessions } from '@connections/directory/sessions';
import type { AuthenticatedRequest } from '../http/request';
import { sessionTokenIn } from '../http/session-cookie';

/** Tells whether a caller would still be admitted now; for answers that last long after the request. */
@Injectable()
export class StillPermitted {
  constructor(
    private readonly apiKeys: ApiKeys,
    private readonly sessions: Sessions,
    private readonly memberships: Memberships,
  ) {}

  async judge(request: AuthenticatedRequest, permission: Permission): Promise<boolean> {
    const { caller } = request;
    return caller.type === 'user' ? this.#ofPerson(request, caller, permission) : this.#ofKey(caller.id);
  }

  async #ofKey(id: string): Promise<boolean> {
    const key = await this.apiKeys.find(id);
    return key?.revokedAt === null && (key.expiresAt === null || Date.parse(key.expiresAt) > Date.now());
  }

  async #ofPerson(request: AuthenticatedRequest, caller: Caller, permission: Permission): Promise<boolean> {
    const token = sessionTokenIn(request);
    if (token === undefined || (await this.sessions.look(token, Date.now())) === null) return false;
    const membership = (await this.memberships.of(caller.id)).find(
      ({ organizationId }) => organizationId === caller.organizationId,
    );
    return membership !== undefined && may({ ...caller, role: membership.role }, permission);
  }
}
