import { activate, create, deactivate, type Decision, evolve, initial, reactivate, type State } from './connection';
import {
  AlreadyConnected,
  ConnectionNotFound,
  IllegalTransition,
  InvalidTerms,
  NotPermitted,
  type Refusal,
} from './connection.errors';
import type { Actor, ConnectionEvent } from './connection.events';
import type { FreeText } from './free-text';

const at = '2026-06-01T12:00:00.000Z';
const later = '2026-06-02T12:00:00.000Z';
const earlier = '2026-05-31T12:00:00.000Z';
const policy = { scopes: ['inquiry.read', 'account.read'], allowSelfConnections: false };
const source = { type: 'api-key', id: 'api_S', organizationId: 'org_S' } as const;
const destination = { type: 'api-key', id: 'api_D', organizationId: 'org_D' } as const;
const stranger = { type: 'api-key', id: 'api_X', organizationId: 'org_X' } as const;
const as = (by: typeof source | typeof destination, role: Actor['role']): Actor => ({ ...by, role });
const over = { commitment: '0'.repeat(64) };
const terms = {
  connectionId: 'cxn_1',
  destinationOrganizationId: 'org_D',
  name: { text: 'Partner' } as FreeText,
  scopes: ['inquiry.read'],
};

const created: ConnectionEvent = {
  type: 'ConnectionCreated',
  connectionId: 'cxn_1',
  sourceOrganizationId: 'org_S',
  destinationOrganizationId: 'org_D',
  name: { text: 'Partner' },
  scopes: ['inquiry.read'],
  actor: as(source, 'source'),
  occurredAt: at,
};
const activated: ConnectionEvent = {
  type: 'ConnectionActivated',
  actor: as(destination, 'destination'),
  occurredAt: at,
};
const deactivated: ConnectionEvent = {
  type: 'ConnectionDeactivated',
  reason: over,
  actor: as(destination, 'destination'),
  occurredAt: at,
};
const returned: ConnectionEvent = {
  type: 'ConnectionReturnedToPending',
  reason: null,
  actor: as(source, 'source'),
  occurredAt: at,
};

const stateAfter = (...events: ConnectionEvent[]): State => events.reduce<State>(evolve, initial);

const given = (...events: ConnectionEvent[]) => {
  const state = stateAfter(...events);
  return {
    when: (decision: Decision) => ({
      then: (...expected: ConnectionEvent[]) => {
        expect(decision(state)).toEqual(expected);
      },
      thenThrows: (refusal: new (...args: never[]) => Refusal, saying: object = {}) => {
        expect(() => decision(state)).toThrow(refusal);
        expect(() => decision(state)).toThrow(expect.objectContaining(saying));
      },
    }),
  };
};

describe('a connection', () => {
  it('is created by its source', () =>
    given()
      .when(create(terms, source, at, policy))
      .then(created));
  it('is created without a name', () =>
    given()
      .when(create({ ...terms, name: null }, source, at, policy))
      .then({ ...created, name: null }));
  it('is created with a name that it need not know', () =>
    given()
      .when(create({ ...terms, name: over }, source, at, policy))
      .then({ ...created, name: over }));
  it('is created once', () =>
    given(created)
      .when(create(terms, source, at, policy))
      .thenThrows(AlreadyConnected, {
        code: 'already-connected',
        connectionId: 'cxn_1',
        status: 'pending',
        allowedActions: ['deactivate'],
      }));
  it('is not created again while it is active', () =>
    given(created, activated)
      .when(create(terms, source, at, policy))
      .thenThrows(AlreadyConnected, { status: 'active', allowedActions: ['deactivate'] }));
  it('is not created again when it is inactive, but offered to be reactivated', () =>
    given(created, deactivated)
      .when(create(terms, source, at, policy))
      .thenThrows(AlreadyConnected, {
        status: 'inactive',
        allowedActions: ['reactivate'],
        message: expect.stringContaining('Reactivate it instead') as string,
      }));

  it('is activated by its destination', () => given(created).when(activate(destination, at)).then(activated));
  it('is not activated by its source', () =>
    given(created)
      .when(activate(source, at))
      .thenThrows(NotPermitted, { code: 'not-permitted', roles: ['destination'], role: 'source' }));
  it('is not activated twice', () =>
    given(created, activated)
      .when(activate(destination, later))
      .thenThrows(IllegalTransition, {
        code: 'illegal-transition',
        status: 'active',
        from: ['pending'],
        allowedActions: ['deactivate'],
      }));
  it('is not activated before it is returned to pending', () =>
    given(created, activated, deactivated)
      .when(activate(destination, later))
      .thenThrows(IllegalTransition, { status: 'inactive', allowedActions: [] }));

  it('is deactivated by either party', () => {
    given(created, activated)
      .when(deactivate(source, later, over))
      .then({ type: 'ConnectionDeactivated', reason: over, actor: as(source, 'source'), occurredAt: later });
    given(created, activated)
      .when(deactivate(destination, at, over))
      .then(deactivated);
  });
  it('is deactivated without a reason', () =>
    given(created, activated)
      .when(deactivate(destination, at))
      .then({ ...deactivated, reason: null }));
  it('is deactivated while it is still pending', () =>
    given(created)
      .when(deactivate(destination, at, over))
      .then(deactivated));
  it('is not deactivated twice', () =>
    given(created, activated, deactivated)
      .when(deactivate(source, later))
      .thenThrows(IllegalTransition, { status: 'inactive', from: ['pending', 'active'] }));

  it('is returned to pending by its source', () =>
    given(created, activated, deactivated).when(reactivate(source, at)).then(returned));
  it('is returned to pending for a reason', () =>
    given(created, deactivated)
      .when(reactivate(source, at, { text: 'trust again' }))
      .then({ ...returned, reason: { text: 'trust again' } }));
  it('is not returned to pending by its destination', () =>
    given(created, activated, deactivated)
      .when(reactivate(destination, later))
      .thenThrows(NotPermitted, { roles: ['source'], role: 'destination' }));
  it('is not returned to pending while it is active', () =>
    given(created, activated).when(reactivate(source, later)).thenThrows(IllegalTransition));
  it('is activated again after its return', () =>
    given(created, activated, deactivated, returned).when(activate(destination, at)).then(activated));

  it('is not there for anybody before it is created', () => {
    given().when(activate(destination, at)).thenThrows(ConnectionNotFound, { code: 'not-found' });
    given().when(deactivate(source, at)).thenThrows(ConnectionNotFound);
    given().when(reactivate(source, at)).thenThrows(ConnectionNotFound);
  });
  it('is not there for a stranger, in the very words of one that does not exist', () => {
    const message = new ConnectionNotFound().message;
    given(created).when(activate(stranger, at)).thenThrows(ConnectionNotFound, { message });
    given(created, activated).when(deactivate(stranger, at)).thenThrows(ConnectionNotFound, { message });
    given(created, deactivated).when(reactivate(stranger, at)).thenThrows(ConnectionNotFound, { message });
  });

  it('tells the wrong party that the step is not its own, before any talk of status', () => {
    given(created, activated, deactivated).when(activate(source, later)).thenThrows(NotPermitted);
    given(created, activated).when(reactivate(destination, later)).thenThrows(NotPermitted);
  });

  it('has a history that never runs backwards, whatever a clock says', () => {
    given(created).when(activate(destination, earlier)).then(activated);
    given(created, { ...activated, occurredAt: later })
      .when(deactivate(destination, at, over))
      .then({ ...deactivated, occurredAt: later });
    given(created, { ...deactivated, occurredAt: later })
      .when(reactivate(source, earlier))
      .then({ ...returned, occurredAt: later });
  });
});

describe('the terms of a connection', () => {
  const refused = (changes: Partial<typeof terms>, ...problems: object[]) =>
    given()
      .when(create({ ...terms, ...changes }, source, at, policy))
      .thenThrows(InvalidTerms, { code: 'invalid-terms', problems: problems.map((it) => expect.objectContaining(it)) });

  it('do not lead from an organization to itself', () =>
    refused(
      { destinationOrganizationId: 'org_S' },
      { code: 'self-connection', attribute: 'destination-organization-id' },
    ));
  it('lead from an organization to itself where the operator allows it', () =>
    given()
      .when(
        create({ ...terms, destinationOrganizationId: 'org_S' }, source, at, { ...policy, allowSelfConnections: true }),
      )
      .then({ ...created, destinationOrganizationId: 'org_S' }));
  it('do not have a blank name', () => {
    refused({ name: { text: '' } }, { code: 'invalid-name', attribute: 'name' });
    refused({ name: { text: ' \t\n' } }, { code: 'invalid-name' });
  });
  it('have a name of 200 characters, counted as a reader counts them, and no longer one', () => {
    given()
      .when(create({ ...terms, name: { text: '🤝'.repeat(200) } }, source, at, policy))
      .then({ ...created, name: { text: '🤝'.repeat(200) } });
    refused({ name: { text: 'a'.repeat(201) } }, { code: 'invalid-name' });
  });
  it('name at least one scope', () => refused({ scopes: [] }, { code: 'no-scopes', attribute: 'scopes' }));
  it('name no scope that is unknown, and say which', () =>
    refused(
      { scopes: ['inquiry.read', 'secret.read'] },
      { code: 'unknown-scope', attribute: 'scopes', index: 1, details: expect.stringContaining('"secret.read"') },
    ));
  it('name no scope twice, and say which', () =>
    refused(
      { scopes: ['inquiry.read', 'account.read', 'inquiry.read'] },
      { code: 'repeated-scope', index: 2, details: expect.stringContaining('"inquiry.read"') },
    ));
  it('are told everything that is wrong with them at once, in the order of the attributes', () =>
    refused(
      { destinationOrganizationId: 'org_S', name: { text: '' }, scopes: ['x', 'account.read', 'account.read', 'y'] },
      { code: 'self-connection' },
      { code: 'invalid-name' },
      { code: 'unknown-scope', index: 0 },
      { code: 'repeated-scope', index: 2 },
      { code: 'unknown-scope', index: 3 },
    ));
  it('are judged before the connection that may be there already', () =>
    given(created)
      .when(create({ ...terms, scopes: [] }, source, at, policy))
      .thenThrows(InvalidTerms));
});

describe('the state of a connection', () => {
  const pending = {
    id: 'cxn_1',
    sourceOrganizationId: 'org_S',
    destinationOrganizationId: 'org_D',
    name: { text: 'Partner' },
    scopes: ['inquiry.read'],
    status: 'pending',
    creatorId: 'api_S',
    creatorType: 'api-key',
    deactivatedBy: null,
    createdAt: at,
    updatedAt: at,
  };
  const late = <E extends ConnectionEvent>(event: E): E => ({ ...event, occurredAt: later });

  it('is pending after its creation', () => expect(stateAfter(created)).toEqual(pending));
  it('is active after its activation', () =>
    expect(stateAfter(created, late(activated))).toEqual({ ...pending, status: 'active', updatedAt: later }));
  it('is inactive after its deactivation, and names the party that did it', () => {
    expect(stateAfter(created, late(deactivated))).toEqual({
      ...pending,
      status: 'inactive',
      deactivatedBy: 'destination',
      updatedAt: later,
    });
    expect(stateAfter(created, { ...deactivated, actor: as(source, 'source') })?.deactivatedBy).toBe('source');
  });
  it('is pending after its return, and has forgotten who deactivated it', () =>
    expect(stateAfter(created, deactivated, late(returned))).toEqual({ ...pending, updatedAt: later }));

  it('is found for every event in every state, since what has happened cannot be refused', () => {
    const states = [
      stateAfter(),
      stateAfter(created),
      stateAfter(created, activated),
      stateAfter(created, activated, deactivated),
    ];
    for (const state of states) {
      for (const event of [created, activated, deactivated, returned]) {
        expect(() => evolve(state, event)).not.toThrow();
        expect(evolve(state, event)).not.toBeUndefined();
      }
    }
  });
});
