import type { FreeText } from './free-text';
import type { PartyRole } from './lifecycle';

/** Who did it: the credential or person, with the organization and role that it acted for. */
export interface Actor {
  readonly type: 'api-key' | 'user' | 'system';
  readonly id: string;
  readonly organizationId: string;
  readonly role: PartyRole;
}

/** The operator of the service. It is not a party to any connection, and can only redact. */
export interface PlatformActor {
  readonly type: Actor['type'];
  readonly id: string;
  readonly organizationId: null;
  readonly role: 'platform';
}

/** What every event has besides its own facts. `occurredAt` is ISO-8601 UTC with milliseconds. */
interface Occurrence {
  readonly actor: Actor;
  readonly occurredAt: string;
}

export interface ConnectionCreated extends Occurrence {
  readonly type: 'ConnectionCreated';
  readonly connectionId: string;
  readonly sourceOrganizationId: string;
  readonly destinationOrganizationId: string;
  readonly name: FreeText | null;
  readonly scopes: readonly string[];
}

export interface ConnectionActivated extends Occurrence {
  readonly type: 'ConnectionActivated';
}

export interface ConnectionDeactivated extends Occurrence {
  readonly type: 'ConnectionDeactivated';
  readonly reason: FreeText | null;
}

export interface ConnectionReturnedToPending extends Occurrence {
  readonly type: 'ConnectionReturnedToPending';
  readonly reason: FreeText | null;
}

/** A text was removed for ever. The event that it was written with stays as it is. */
export interface ConnectionTextRedacted extends Omit<Occurrence, 'actor'> {
  readonly type: 'ConnectionTextRedacted';
  /** The revision of the event that the text was written with. */
  readonly revision: number;
  readonly commitment: string;
  readonly actor: Actor | PlatformActor;
}

export type ConnectionEvent =
  | ConnectionCreated
  | ConnectionActivated
  | ConnectionDeactivated
  | ConnectionReturnedToPending
  | ConnectionTextRedacted;

/** The text that the actor wrote; null if there is none. */
export function writtenIn(event: ConnectionEvent): FreeText | null {
  switch (event.type) {
    case 'ConnectionCreated':
      return event.name;
    case 'ConnectionDeactivated':
    case 'ConnectionReturnedToPending':
      return event.reason;
    case 'ConnectionActivated':
    case 'ConnectionTextRedacted':
      return null;
  }
}
