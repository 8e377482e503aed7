import {
  AlreadyConnected,
  ConnectionNotFound,
  IllegalTransition,
  InvalidTerms,
  NotPermitted,
  type TermsProblem,
} from './connection.errors';
import type { Actor, ConnectionCreated, ConnectionEvent } from './connection.events';
import { type FreeText, legible } from './free-text';
import { ruleOf, steps, type PartyRole, type Status, type Step } from './lifecycle';

/** The state of a connection after its events. */
export interface Connection {
  readonly id: string;
  readonly sourceOrganizationId: string;
  readonly destinationOrganizationId: string;
  readonly name: FreeText | null;
  readonly scopes: readonly string[];
  readonly status: Status;
  readonly creatorId: string;
  readonly creatorType: Actor['type'];
  readonly deactivatedBy: PartyRole | null;
  /** ISO-8601 UTC with milliseconds. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Null before the first event. */
export type State = Connection | null;

export const initial: State = null;

/** Total by design: an event has already happened, so applying it cannot fail. */
export function evolve(state: State, event: ConnectionEvent): State {
  if (event.type === 'ConnectionCreated') {
    return {
      id: event.connectionId,
      sourceOrganizationId: event.sourceOrganizationId,
      destinationOrganizationId: event.destinationOrganizationId,
      name: event.name,
      scopes: event.scopes,
      status: ruleOf('create').to,
      creatorId: event.actor.id,
      creatorType: event.actor.type,
      deactivatedBy: null,
      createdAt: event.occurredAt,
      updatedAt: event.occurredAt,
    };
  }
  return state && { ...state, ...changeBy(event) };
}

/** The standing of a connection: all that may change after its first event. */
export type Standing = Pick<Connection, 'status' | 'deactivatedBy' | 'updatedAt'>;

/** What events change in the standing of a connection: all of it if one of them is a step. */
export type Change = Standing | Pick<Standing, 'updatedAt'>;

/** What an event changes in the standing of its connection, whatever it was before. */
export function changeBy(event: ConnectionEvent): Change {
  const updatedAt = event.occurredAt;
  switch (event.type) {
    case 'ConnectionCreated':
      return { status: ruleOf('create').to, deactivatedBy: null, updatedAt };
    case 'ConnectionActivated':
      return { status: ruleOf('activate').to, deactivatedBy: null, updatedAt };
    case 'ConnectionDeactivated':
      return { status: ruleOf('deactivate').to, deactivatedBy: event.actor.role, updatedAt };
    case 'ConnectionReturnedToPending':
      return { status: ruleOf('reactivate').to, deactivatedBy: null, updatedAt };
    case 'ConnectionTextRedacted':
      return { updatedAt };
  }
}

/**
 * Whether the first event and this one determine the state, whatever happened in between: a step sets the whole
 * standing, and everything else is set by the first event.
 */
export const settles = ({ type }: ConnectionEvent): boolean => type !== 'ConnectionTextRedacted';

/** The party that acts: an actor without its role, which follows from the connection. */
export type Party = Omit<Actor, 'role'>;

/** The roles that an organization has in a connection: none for a stranger, both if it connects to itself. */
export function rolesOf(
  connection: Pick<Connection, 'sourceOrganizationId' | 'destinationOrganizationId'>,
  organizationId: string | null,
): PartyRole[] {
  const roles: PartyRole[] = [];
  if (connection.sourceOrganizationId === organizationId) roles.push('source');
  if (connection.destinationOrganizationId === organizationId) roles.push('destination');
  return roles;
}

/** The steps that a party with these roles may take now, in the order of the handshake. */
export const allowedActions = (status: Status, roles: readonly PartyRole[]): Step[] =>
  steps.filter((step) => {
    const rule = ruleOf(step);
    return rule.from.includes(status) && rule.by.some((role) => roles.includes(role));
  });

/**
 * Returns the connection if this organization may take the step at all.
 * @throws ConnectionNotFound to a stranger, NotPermitted to the wrong party.
 */
export function permitted(
  step: Step,
  organizationId: string,
  state: State,
): { connection: Connection; role: PartyRole } {
  if (state === null) throw new ConnectionNotFound();
  const roles = rolesOf(state, organizationId);
  const [first] = roles;
  if (first === undefined) throw new ConnectionNotFound();
  const { by } = ruleOf(step);
  const role = by.find((candidate) => roles.includes(candidate));
  if (role === undefined) throw new NotPermitted(step, by, first);
  return { connection: state, role };
}

/** The role is checked before the status: the wrong party is told that the step is not its own, whatever the status. */
function transition(step: Step, by: Party, at: string, state: State): Pick<ConnectionCreated, 'actor' | 'occurredAt'> {
  const { connection, role } = permitted(step, by.organizationId, state);
  const { from } = ruleOf(step);
  if (!from.includes(connection.status)) {
    const statuses = from.filter((status) => status !== null);
    const actions = allowedActions(connection.status, rolesOf(connection, by.organizationId));
    throw new IllegalTransition(step, connection.status, statuses, actions);
  }
  return { actor: { ...by, role }, occurredAt: notBefore(connection, at) };
}

/** Clocks of several machines may disagree, but the times of a history never decrease. */
export const notBefore = ({ updatedAt }: Connection, at: string): string => (at > updatedAt ? at : updatedAt);

/** What a source proposes. The id is derived from the directed pair, outside the domain. */
export interface Terms {
  readonly connectionId: string;
  readonly destinationOrganizationId: string;
  readonly name: FreeText | null;
  readonly scopes: readonly string[];
}

/** What the operator of the service permits. */
export interface Policy {
  /** The catalogue of data types that may be shared. */
  readonly scopes: readonly string[];
  readonly allowSelfConnections: boolean;
}

export const maximumNameLength = 200;
export const maximumReasonLength = 500;

/** Whether the policy lets the one organization connect to the other. */
export const mayConnect = (
  source: string,
  destination: string,
  policy: Pick<Policy, 'allowSelfConnections'>,
): boolean => source !== destination || policy.allowSelfConnections;

/**
 * Everything wrong with the terms that can be told without a look-up. The length of a name is checked only if its text
 * is at hand.
 */
export function problemsOf(terms: Terms, sourceOrganizationId: string, policy: Policy): TermsProblem[] {
  const problems: TermsProblem[] = [];
  if (!mayConnect(sourceOrganizationId, terms.destinationOrganizationId, policy)) {
    problems.push({
      code: 'self-connection',
      attribute: 'destination-organization-id',
      details: 'An organization cannot connect to itself: name the organization you want to share data with.',
    });
  }
  const name = legible(terms.name)?.trim();
  if (name !== undefined && (name === '' || [...name].length > maximumNameLength)) {
    problems.push({
      code: 'invalid-name',
      attribute: 'name',
      details: `A name has 1 to ${maximumNameLength} characters after trimming; leave it out for none.`,
    });
  }
  if (terms.scopes.length === 0) {
    problems.push({
      code: 'no-scopes',
      attribute: 'scopes',
      details: 'At least one scope is needed; leave the attribute out for the default scopes.',
    });
  }
  return [...problems, ...scopeProblemsOf(terms.scopes, policy.scopes)];
}

/** What is wrong with the given scopes; an empty list is not checked here. */
export function scopeProblemsOf(scopes: readonly string[], catalogue: readonly string[]): TermsProblem[] {
  const problems: TermsProblem[] = [];
  scopes.forEach((scope, index) => {
    if (!catalogue.includes(scope)) {
      const details = `${JSON.stringify(scope)} is not a known scope; known are ${catalogue.join(', ')}.`;
      problems.push({ code: 'unknown-scope', attribute: 'scopes', index, details });
    } else if (scopes.indexOf(scope) !== index) {
      const details = `${JSON.stringify(scope)} is named more than once.`;
      problems.push({ code: 'repeated-scope', attribute: 'scopes', index, details });
    }
  });
  return problems;
}

/** A decision: the events that follow, given the state. Pure; refuses by throwing a `Refusal`. */
export type Decision = (state: State) => ConnectionEvent[];

export const create =
  (terms: Terms, by: Party, at: string, policy: Policy): Decision =>
  (state) => {
    const problems = problemsOf(terms, by.organizationId, policy);
    if (problems.length > 0) throw new InvalidTerms(problems);
    if (state !== null) {
      const actions = allowedActions(state.status, rolesOf(state, by.organizationId));
      throw new AlreadyConnected(state.id, state.status, actions);
    }
    return [
      {
        type: 'ConnectionCreated',
        connectionId: terms.connectionId,
        sourceOrganizationId: by.organizationId,
        destinationOrganizationId: terms.destinationOrganizationId,
        name: terms.name,
        scopes: terms.scopes,
        actor: { ...by, role: 'source' },
        occurredAt: at,
      },
    ];
  };

export const activate =
  (by: Party, at: string): Decision =>
  (state) => [{ type: 'ConnectionActivated', ...transition('activate', by, at, state) }];

export const deactivate =
  (by: Party, at: string, reason: FreeText | null = null): Decision =>
  (state) => [{ type: 'ConnectionDeactivated', reason, ...transition('deactivate', by, at, state) }];

export const reactivate =
  (by: Party, at: string, reason: FreeText | null = null): Decision =>
  (state) => [{ type: 'ConnectionReturnedToPending', reason, ...transition('reactivate', by, at, state) }];
