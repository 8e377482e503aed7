/** The status of a connection. Data may be shared only while it is `active`. */
export type Status = 'pending' | 'active' | 'inactive';

/** An organization's role in a connection: the source shares, the destination receives. */
export type PartyRole = 'source' | 'destination';

/** A step of the handshake, as people and the API call it. */
export type Step = 'create' | 'activate' | 'deactivate' | 'reactivate';

interface Rule {
  /** The roles that may take the step. */
  readonly by: readonly PartyRole[];
  /** The statuses that it starts from; `null` stands for "there is no connection yet". */
  readonly from: readonly (Status | null)[];
  readonly to: Status;
  /** The stored type of the event that records it. */
  readonly event: 'ConnectionCreated' | 'ConnectionActivated' | 'ConnectionDeactivated' | 'ConnectionReturnedToPending';
}

/**
 * The whole policy of the handshake. Refusals, allowed actions, the documentation's table and the
 * OpenAPI texts read this one table, so that they cannot disagree.
 */
export const lifecycle = {
  create: { by: ['source'], from: [null], to: 'pending', event: 'ConnectionCreated' },
  activate: { by: ['destination'], from: ['pending'], to: 'active', event: 'ConnectionActivated' },
  deactivate: {
    by: ['source', 'destination'],
    from: ['pending', 'active'],
    to: 'inactive',
    event: 'ConnectionDeactivated',
  },
  reactivate: { by: ['source'], from: ['inactive'], to: 'pending', event: 'ConnectionReturnedToPending' },
} as const satisfies Record<Step, Rule>;

/** The steps in the order of the handshake. */
export const steps = Object.keys(lifecycle) as Step[];

/** The rule of one step, widened so that callers can compare with it. */
export const ruleOf = (step: Step): Rule => lifecycle[step];
