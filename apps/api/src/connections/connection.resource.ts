import { Injectable } from '@nestjs/common';
import type { ConnectionAt } from '@connections/connection/connection-log';
import { allowedActions, rolesOf } from '@connections/connection/domain/connection';
import { attributesOf, CONNECTIONS } from '@connections/connection/resources';
import { Organizations } from '@connections/directory/organizations';
import { type Caller, may } from '@connections/directory/roles';
import type { JsonObject } from '@connections/event-store/event-store';

/** The resource of a connection, as one caller sees it. */
@Injectable()
export class ConnectionResources {
  constructor(private readonly organizations: Organizations) {}

  /** @param present false for a past state, of which nothing can be done. */
  async of({ connection, revision }: ConnectionAt, caller: Caller, present = true): Promise<JsonObject> {
    const roles = rolesOf(connection, caller.organizationId);
    const [role] = roles;
    const actions = present && may(caller, 'command') ? allowedActions(connection.status, roles) : [];
    return {
      type: CONNECTIONS,
      id: connection.id,
      attributes: attributesOf(connection),
      meta: {
        revision,
        role: role ?? null,
        'allowed-actions': actions,
        counterparty: role === undefined ? null : await this.#counterparty(connection, role),
      },
    };
  }

  async #counterparty(connection: ConnectionAt['connection'], role: string): Promise<JsonObject> {
    const id = role === 'source' ? connection.destinationOrganizationId : connection.sourceOrganizationId;
    return { 'organization-id': id, name: (await this.organizations.find(id))?.name ?? null };
  }
}
