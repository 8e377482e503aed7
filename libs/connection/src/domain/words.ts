import type { ConnectionEvent } from './connection.events';
import type { PartyRole, Status, Step } from './lifecycle';

/** A step on an existing connection. */
export type NextStep = Exclude<Step, 'create'>;

/** A connection as one of its organizations sees it: its role, and the name of the other party. */
export interface View {
  readonly role: PartyRole;
  /** The name of the other party, or its Organization ID if the name is unknown. */
  readonly counterparty: string;
}

interface Words {
  /** One or two words, for a label. */
  readonly name: string;
  /** One sentence. */
  readonly meaning: string;
}

/** The name and meaning of each status. */
export const statusWords: Readonly<Record<Status, Words>> = {
  pending: { name: 'Pending', meaning: 'Nothing is shared until the destination activates it.' },
  active: { name: 'Active', meaning: 'Data of its scopes may be shared.' },
  inactive: { name: 'Inactive', meaning: 'It was deactivated, and nothing is shared.' },
};

/** The direction of data, in the words of the organization with this role. */
export const directionWords: Readonly<Record<PartyRole, Words>> = {
  source: { name: 'We share', meaning: 'Your organization is the source: its data may go to the other.' },
  destination: {
    name: 'They share',
    meaning: 'Your organization is the destination: it may receive data of the other.',
  },
};

/** The name of each step, for a button. */
export const stepWords: Readonly<Record<Step, string>> = {
  create: 'Create connection',
  activate: 'Activate',
  deactivate: 'Deactivate',
  reactivate: 'Return to pending',
};

/** A message for after each step. */
export const stepDoneWords: Readonly<Record<Step, string>> = {
  create: 'The connection was created and is pending.',
  activate: 'The connection is active.',
  deactivate: 'The connection is inactive.',
  reactivate: 'The connection is pending again.',
};

/** What follows from creating a connection. */
export const consequenceOfCreating =
  'The other organization sees the connection at once and decides whether to activate it. Nothing is shared until then. ' +
  'Two organizations have one connection in each direction: it can be deactivated, but never deleted, and its scopes stay as they are.';

/** What follows from a step, for the person about to take it. */
export function consequenceOf(step: NextStep, status: Status, { role, counterparty }: View): string {
  switch (step) {
    case 'activate':
      return `From then on ${counterparty} may share data of these scopes with your organization. Either of you can deactivate the connection at any time.`;
    case 'deactivate':
      return `${status === 'active' ? 'Sharing stops at once.' : DECLINED[role](counterparty)} ${wayBack(role, counterparty)}`;
    case 'reactivate':
      return `The connection waits for ${counterparty} again. Nothing is shared until ${counterparty} activates it.`;
  }
}

const DECLINED: Readonly<Record<PartyRole, (counterparty: string) => string>> = {
  source: (counterparty) => `${counterparty} can no longer activate it, so nothing will be shared.`,
  destination: () => 'Your organization declines it, so nothing will be shared.',
};

const wayBack = (role: PartyRole, counterparty: string): string =>
  role === 'source'
    ? `Later your organization can return it to pending; ${counterparty} then decides anew.`
    : `Later only ${counterparty} can return it to pending; your organization then decides anew.`;

/** The present state and who may do what next, in one or two sentences. */
export function outlookOf(status: Status, { role, counterparty }: View): string {
  switch (status) {
    case 'pending':
      return role === 'destination'
        ? `${counterparty} offers to share data with your organization. Nothing is shared until your organization activates it.`
        : `Nothing is shared until ${counterparty} activates it.`;
    case 'active':
      return role === 'source'
        ? `Your organization may share data with ${counterparty}. Either of you can deactivate it.`
        : `${counterparty} may share data with your organization. Either of you can deactivate it.`;
    case 'inactive':
      return role === 'source'
        ? `Nothing is shared. Your organization can return it to pending; ${counterparty} then decides anew.`
        : `Nothing is shared. Only ${counterparty} can return it to pending; your organization then decides anew.`;
  }
}

/** The name of each event, for a heading. */
export const eventWords: Readonly<Record<ConnectionEvent['type'], string>> = {
  ConnectionCreated: 'Created',
  ConnectionActivated: 'Activated',
  ConnectionDeactivated: 'Deactivated',
  ConnectionReturnedToPending: 'Returned to pending',
  ConnectionTextRedacted: 'Text redacted',
};
