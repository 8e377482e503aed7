import { Injectable } from '@nestjs/common';
import type { ConnectionAt } from '@connections/connection/connection-log';
import { allowedActions, rolesOf } from '@connections/connection/domain/connection';
import type { PartyRole } from '@connections/connection/domain/lifecycle';
import { attributesOf, CONNECTIONS } from '@connections/connection/resources';
import { Organizations } from '@connections/directory/organizations';
import { type Caller, may } from '@connections/directory/roles';
import type { JsonObject } from '@connections/event-store/event-store';

/** The resources of connections, as a caller sees them. */
@Injectable()
export class ConnectionResources {
  constructor(private readonly organizations: Organizations) {}

  /** @param present false for a past state, in which no actions are possible. */
  async of(at: ConnectionAt, caller: Caller, present = true): Promise<JsonObject> {
    const [resource] = await this.ofEach([at], caller, present);
    return resource as JsonObject;
  }

  /** The resources of connections, in order. The names of all counterparties are looked up together. */
  async ofEach(all: readonly ConnectionAt[], caller: Caller, present = true): Promise<JsonObject[]> {
    const roles = all.map(({ connection }) => rolesOf(connection, caller.organizationId));
    const counterparties = all.map(({ connection }, index) => counterpartyOf(connection, roles[index]?.[0]));
    const names = await this.organizations.names(counterparties.filter((id) => id !== null));
    const mayAct = present && may(caller, 'command');
    return all.map(({ connection, revision }, index) => {
      const [own = [], counterparty = null] = [roles[index], counterparties[index]];
      return {
        type: CONNECTIONS,
        id: connection.id,
        attributes: attributesOf(connection),
        meta: {
          revision,
          role: own[0] ?? null,
          'allowed-actions': mayAct ? allowedActions(connection.status, own) : [],
          counterparty: counterparty && { 'organization-id': counterparty, name: names.get(counterparty) ?? null },
        },
      };
    });
  }
}

/** The other party, for an organization that has a role in the connection; otherwise null. */
function counterpartyOf(connection: ConnectionAt['connection'], role: PartyRole | undefined): string | null {
  if (role === undefined) return null;
  return role === 'source' ? connection.destinationOrganizationId : connection.sourceOrganizationId;
}
