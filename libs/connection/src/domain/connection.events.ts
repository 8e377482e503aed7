import type { PartyRole } from './lifecycle';

/** Who did it: the credential or person, and the organization and role it acted for. */
export interface Actor {
  readonly type: 'api-key' | 'user' | 'system';
  readonly id: string;
  readonly organizationId: string;
  readonly role: PartyRole;
}

/** What every event says besides its own facts. `occurredAt` is ISO-8601 UTC with milliseconds. */
interface Occurrence {
  readonly actor: Actor;
  readonly occurredAt: string;
}

export interface ConnectionCreated extends Occurrence {
  readonly type: 'ConnectionCreated';
  readonly connectionId: string;
  readonly sourceOrganizationId: string;
  readonly destinationOrganizationId: string;
  readonly name: string | null;
  readonly scopes: readonly string[];
}

export interface ConnectionActivated extends Occurrence {
  readonly type: 'ConnectionActivated';
}

export interface ConnectionDeactivated extends Occurrence {
  readonly type: 'ConnectionDeactivated';
  readonly reason: string | null;
}

export interface ConnectionReturnedToPending extends Occurrence {
  readonly type: 'ConnectionReturnedToPending';
  readonly reason: string | null;
}

export type ConnectionEvent =
  ConnectionCreated | ConnectionActivated | ConnectionDeactivated | ConnectionReturnedToPending;
