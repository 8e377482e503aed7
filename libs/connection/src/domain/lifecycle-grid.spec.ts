import { activate, allowedActions, create, deactivate, evolve, initial, reactivate, type State } from './connection';
import { Refusal } from './connection.errors';
import type { ConnectionEvent } from './connection.events';
import type { PartyRole, Status, Step } from './lifecycle';

// Everything below is written by hand from the guide. Deriving it from the lifecycle table would test nothing.

type Outcome = ConnectionEvent['type'] | 'not-found' | 'not-permitted' | 'illegal-transition' | 'already-connected';
type Standing = Status | 'absent';
type Caller = 'source' | 'destination' | 'stranger' | 'both';

const grid: readonly (readonly [Standing, Step, Caller, Outcome])[] = [
  ['absent', 'create', 'source', 'ConnectionCreated'],
  ['absent', 'create', 'both', 'ConnectionCreated'],
  ['absent', 'activate', 'source', 'not-found'],
  ['absent', 'activate', 'destination', 'not-found'],
  ['absent', 'activate', 'stranger', 'not-found'],
  ['absent', 'activate', 'both', 'not-found'],
  ['absent', 'deactivate', 'source', 'not-found'],
  ['absent', 'deactivate', 'destination', 'not-found'],
  ['absent', 'deactivate', 'stranger', 'not-found'],
  ['absent', 'deactivate', 'both', 'not-found'],
  ['absent', 'reactivate', 'source', 'not-found'],
  ['absent', 'reactivate', 'destination', 'not-found'],
  ['absent', 'reactivate', 'stranger', 'not-found'],
  ['absent', 'reactivate', 'both', 'not-found'],

  ['pending', 'create', 'source', 'already-connected'],
  ['pending', 'create', 'both', 'already-connected'],
  ['pending', 'activate', 'source', 'not-permitted'],
  ['pending', 'activate', 'destination', 'ConnectionActivated'],
  ['pending', 'activate', 'stranger', 'not-found'],
  ['pending', 'activate', 'both', 'ConnectionActivated'],
  ['pending', 'deactivate', 'source', 'ConnectionDeactivated'],
  ['pending', 'deactivate', 'destination', 'ConnectionDeactivated'],
  ['pending', 'deactivate', 'stranger', 'not-found'],
  ['pending', 'deactivate', 'both', 'ConnectionDeactivated'],
  ['pending', 'reactivate', 'source', 'illegal-transition'],
  ['pending', 'reactivate', 'destination', 'not-permitted'],
  ['pending', 'reactivate', 'stranger', 'not-found'],
  ['pending', 'reactivate', 'both', 'illegal-transition'],

  ['active', 'create', 'source', 'already-connected'],
  ['active', 'create', 'both', 'already-connected'],
  ['active', 'activate', 'source', 'not-permitted'],
  ['active', 'activate', 'destination', 'illegal-transition'],
  ['active', 'activate', 'stranger', 'not-found'],
  ['active', 'activate', 'both', 'illegal-transition'],
  ['active', 'deactivate', 'source', 'ConnectionDeactivated'],
  ['active', 'deactivate', 'destination', 'ConnectionDeactivated'],
  ['active', 'deactivate', 'stranger', 'not-found'],
  ['active', 'deactivate', 'both', 'ConnectionDeactivated'],
  ['active', 'reactivate', 'source', 'illegal-transition'],
  ['active', 'reactivate', 'destination', 'not-permitted'],
  ['active', 'reactivate', 'stranger', 'not-found'],
  ['active', 'reactivate', 'both', 'illegal-transition'],

  ['inactive', 'create', 'source', 'already-connected'],
  ['inactive', 'create', 'both', 'already-connected'],
  ['inactive', 'activate', 'source', 'not-permitted'],
  ['inactive', 'activate', 'destination', 'illegal-transition'],
  ['inactive', 'activate', 'stranger', 'not-found'],
  ['inactive', 'activate', 'both', 'illegal-transition'],
  ['inactive', 'deactivate', 'source', 'illegal-transition'],
  ['inactive', 'deactivate', 'destination', 'illegal-transition'],
  ['inactive', 'deactivate', 'stranger', 'not-found'],
  ['inactive', 'deactivate', 'both', 'illegal-transition'],
  ['inactive', 'reactivate', 'source', 'ConnectionReturnedToPending'],
  ['inactive', 'reactivate', 'destination', 'not-permitted'],
  ['inactive', 'reactivate', 'stranger', 'not-found'],
  ['inactive', 'reactivate', 'both', 'ConnectionReturnedToPending'],
];

const at = '2026-06-01T12:00:00.000Z';
const policy = { scopes: ['inquiry.read'], allowSelfConnections: true };
const party = (organizationId: string) => ({ type: 'user', id: `user of ${organizationId}`, organizationId }) as const;

/** The organization of each caller; a self connection is one organization in both roles. */
const organization: Record<Caller, string> = {
  source: 'org_S',
  destination: 'org_D',
  stranger: 'org_X',
  both: 'org_B',
};

function outcome(standing: Standing, step: Step, caller: Caller): string {
  const [from, to] = caller === 'both' ? ['org_B', 'org_B'] : ['org_S', 'org_D'];
  const terms = { connectionId: 'cxn_1', destinationOrganizationId: to, name: null, scopes: ['inquiry.read'] };
  const by = party(organization[caller]);
  const [source, destination] = [party(from), party(to)];
  const histories = {
    absent: [],
    pending: [create(terms, source, at, policy)],
    active: [create(terms, source, at, policy), activate(destination, at)],
    inactive: [create(terms, source, at, policy), activate(destination, at), deactivate(destination, at)],
  };
  const decide = {
    create: create(terms, by, at, policy),
    activate: activate(by, at),
    deactivate: deactivate(by, at),
    reactivate: reactivate(by, at),
  };
  const state = histories[standing].reduce<State>(
    (before, decision) => decision(before).reduce(evolve, before),
    initial,
  );
  expect(state?.status ?? 'absent').toBe(standing);
  try {
    const events = decide[step](state);
    expect(events).toHaveLength(1);
    return events[0]!.type;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

describe('who may take which step, and when', () => {
  // Only the source can create: whoever creates is the source.
  it.each(grid)('a connection that is %s: %s by %s gives %s', (standing, step, caller, expected) => {
    expect(outcome(standing, step, caller)).toBe(expected);
  });

  it('leaves no square of the grid empty', () => {
    const squares = new Set(grid.map(([standing, step, caller]) => `${standing} ${step} ${caller}`));
    expect(squares.size).toBe(grid.length);
    expect(grid).toHaveLength(4 * 3 * 4 + 4 * 2);
  });
});

describe('the actions offered to a caller', () => {
  const offers: readonly (readonly [Status, readonly PartyRole[], readonly Step[]])[] = [
    ['pending', ['source'], ['deactivate']],
    ['pending', ['destination'], ['activate', 'deactivate']],
    ['pending', ['source', 'destination'], ['activate', 'deactivate']],
    ['pending', [], []],
    ['active', ['source'], ['deactivate']],
    ['active', ['destination'], ['deactivate']],
    ['active', ['source', 'destination'], ['deactivate']],
    ['active', [], []],
    ['inactive', ['source'], ['reactivate']],
    ['inactive', ['destination'], []],
    ['inactive', ['source', 'destination'], ['reactivate']],
    ['inactive', [], []],
  ];

  it.each(offers)('a connection that is %s offers the roles %j the steps %j', (status, roles, expected) => {
    expect(allowedActions(status, roles)).toEqual(expected);
  });
});
