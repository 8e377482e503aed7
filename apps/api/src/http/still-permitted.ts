import { Injectable } from '@nestjs/common';
import { ApiKeys } from '@connections/directory/api-keys';
import { Memberships } from '@connections/directory/memberships';
import { type Caller, may, type Permission } from '@connections/directory/roles';
import { Sessions } from '@connections/directory/sessions';
import type { AuthenticatedRequest } from './request';
import { sessionTokenIn } from './session-cookie';

/**
 * Tells whether a caller would still be admitted now; for answers that last long after the request. What this process
 * ended counts at once, and what another process ended within half a second.
 */
@Injectable()
export class StillPermitted {
  constructor(
    private readonly apiKeys: ApiKeys,
    private readonly sessions: Sessions,
    private readonly memberships: Memberships,
  ) {}

  async judge(request: AuthenticatedRequest, permission: Permission): Promise<boolean> {
    const { caller } = request;
    return caller.type === 'user'
      ? this.#ofPerson(request, caller, permission)
      : this.apiKeys.isValid(caller.id, Date.now());
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
