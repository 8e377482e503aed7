import type { PartyRole, Status, Step } from './lifecycle';

/** A refusal by the rules of the handshake. Nothing is written when one is thrown. */
export abstract class Refusal extends Error {
  /** The published code; clients branch on it. */
  abstract readonly code: string;
}

/** There is no such connection, or the caller is not a party to it: the two must be indistinguishable. */
export class ConnectionNotFound extends Refusal {
  override readonly code = 'not-found';
  constructor() {
    super('No connection with this id is visible to your organization.');
  }
}

/** The caller is a party, but the step belongs to the other role. */
export class NotPermitted extends Refusal {
  override readonly code = 'not-permitted';
  constructor(
    readonly step: Step,
    readonly roles: readonly PartyRole[],
    readonly role: PartyRole,
  ) {
    super(
      `Only the ${roles.join(' or the ')} organization may ${step} a connection; your organization is its ${role}.`,
    );
  }
}

/** The step does not start from the status the connection is in. */
export class IllegalTransition extends Refusal {
  override readonly code = 'illegal-transition';
  constructor(
    readonly step: Step,
    readonly status: Status,
    readonly from: readonly Status[],
    readonly allowedActions: readonly Step[],
  ) {
    super(
      `A connection that is ${status} cannot be ${step}d; ${step} needs it to be ${from.join(' or ')}.` +
        (allowedActions.length > 0 ? ` Your organization may now: ${allowedActions.join(', ')}.` : ''),
    );
  }
}

/** The directed pair already has its one connection. */
export class AlreadyConnected extends Refusal {
  override readonly code = 'already-connected';
  constructor(
    readonly connectionId: string,
    readonly status: Status,
    readonly allowedActions: readonly Step[],
  ) {
    super(
      `Your organization has a connection to this destination already: ${connectionId}, which is ${status}.` +
        (status === 'inactive' ? ' Reactivate it instead of creating another.' : ''),
    );
  }
}

/** One thing wrong with the terms of a new connection, and the attribute it is about. */
export interface TermsProblem {
  readonly code:
    'self-connection' | 'unknown-organization' | 'unknown-scope' | 'repeated-scope' | 'no-scopes' | 'invalid-name';
  readonly attribute: 'destination-organization-id' | 'scopes' | 'name';
  /** The index within a list attribute, when the problem is about one of its items. */
  readonly index?: number;
  readonly details: string;
}

/** The terms are well-formed but wrong; all problems are listed at once. */
export class InvalidTerms extends Refusal {
  override readonly code = 'invalid-terms';
  constructor(readonly problems: readonly TermsProblem[]) {
    super(problems.map((problem) => problem.details).join(' '));
  }
}

/** The connection has changed since the revision that the caller expects. */
export class StaleRevision extends Refusal {
  override readonly code = 'stale-revision';
  constructor(
    readonly revision: number,
    readonly status: Status,
  ) {
    super(
      `The connection is at revision ${revision} and is ${status}; your If-Match names another. Read it again and decide anew.`,
    );
  }
}

/** The connection has no event at this revision yet. */
export class NoSuchEvent extends Refusal {
  override readonly code = 'not-then';
  constructor(readonly revision: number) {
    super(`The connection has no event at revision ${revision} yet.`);
  }
}

/** No text was written with the event. */
export class NothingWritten extends Refusal {
  override readonly code = 'no-text';
  constructor(readonly revision: number) {
    super(`Nothing was written with the event at revision ${revision}: only a name and reasons can be redacted.`);
  }
}

/** The text was written by the other party. */
export class NotItsAuthor extends Refusal {
  override readonly code = 'not-permitted';
  constructor(
    readonly author: PartyRole,
    readonly role: PartyRole,
  ) {
    super(
      `Only the organization that wrote a text may redact it: this one is the ${author}'s, and yours is the ${role}.`,
    );
  }
}

/** The text is stored in the log itself. */
export class WrittenInTheClear extends Refusal {
  override readonly code = 'text-in-log';
  constructor(readonly revision: number) {
    super(
      `The text of revision ${revision} is part of the log itself, as texts were before they lay beside it. It cannot be taken away without breaking the hash of every later event.`,
    );
  }
}
