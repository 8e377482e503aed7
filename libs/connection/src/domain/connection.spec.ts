import { activate, create, deactivate, type Decision, evolve, initial, reactivate, type State } from './connection';
import { AlreadyConnected, IllegalTransition, InvalidTerms, NotPermitted, type Refusal } from './connection.errors';
import type { Actor, ConnectionEvent } from './connection.events';

const at = '2026-06-01T12:00:00.000Z';
const later = '2026-06-02T12:00:00.000Z';
const policy = { scopes: ['inquiry.read', 'account.read'], allowSelfConnections: false };
const source = { type: 'api-key', id: 'api_S', organizationId: 'org_S' } as const;
const destination = { type: 'api-key', id: 'api_D', organizationId: 'org_D' } as const;
const as = (by: typeof source | typeof destination, role: Actor['role']): Actor => ({ ...by, role });
const terms = { connectionId: 'cxn_1', destinationOrganizationId: 'org_D', name: 'Partner', scopes: ['inquiry.read'] };

const created: ConnectionEvent = {
  type: 'ConnectionCreated',
  connectionId: 'cxn_1',
  sourceOrganizationId: 'org_S',
  destinationOrganizationId: 'org_D',
  name: 'Partner',
  scopes: ['inquiry.read'],
  actor: as(source, 'source'),
  occurredAt: at,
};
const activated: ConnectionEvent = {
  type: 'ConnectionActivated',
  actor: as(destination, 'destination'),
  occurredAt: at,
};

const given = (...events: ConnectionEvent[]) => {
  const state = events.reduce<State>(evolve, initial);
  return {
    when: (decision: Decision) => ({
      then: (...expected: ConnectionEvent[]) => {
        expect(decision(state)).toEqual(expected);
      },
      thenThrows: (refusal: new (...args: never[]) => Refusal) => {
        expect(() => decision(state)).toThrow(refusal);
      },
    }),
  };
};

describe('a connection', () => {
  it('is created by its source', () =>
    given()
      .when(create(terms, source, at, policy))
      .then(created));
  it('is created once', () =>
    given(created)
      .when(create(terms, source, at, policy))
      .thenThrows(AlreadyConnected));
  it('is activated by its destination', () => given(created).when(activate(destination, at)).then(activated));
  it('is not activated by its source', () => given(created).when(activate(source, at)).thenThrows(NotPermitted));
  it('is not activated twice', () =>
    given(created, activated).when(activate(destination, later)).thenThrows(IllegalTransition));
  it('is deactivated by either party', () =>
    given(created, activated)
      .when(deactivate(source, later, 'over'))
      .then({ type: 'ConnectionDeactivated', reason: 'over', actor: as(source, 'source'), occurredAt: later }));
  it('is not returned to pending while it is active', () =>
    given(created, activated).when(reactivate(source, later)).thenThrows(IllegalTransition));
  it('does not lead from an organization to itself', () =>
    given()
      .when(create({ ...terms, destinationOrganizationId: 'org_S' }, source, at, policy))
      .thenThrows(InvalidTerms));
});
