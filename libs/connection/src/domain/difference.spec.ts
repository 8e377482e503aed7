import fc from 'fast-check';
import { type Connection, evolve, initial, type State } from './connection';
import type { ConnectionEvent } from './connection.events';
import { type Change, difference } from './difference';

const at = '2026-06-01T12:00:00.000Z';
const later = '2026-06-02T12:00:00.000Z';
const source = { type: 'api-key', id: 'api_S', organizationId: 'org_S', role: 'source' } as const;
const destination = { type: 'api-key', id: 'api_D', organizationId: 'org_D', role: 'destination' } as const;
const created: ConnectionEvent = {
  type: 'ConnectionCreated',
  connectionId: 'cxn_1',
  sourceOrganizationId: 'org_S',
  destinationOrganizationId: 'org_D',
  name: null,
  scopes: ['inquiry.read'],
  actor: source,
  occurredAt: at,
};
const activated: ConnectionEvent = { type: 'ConnectionActivated', actor: destination, occurredAt: at };
const deactivated: ConnectionEvent = {
  type: 'ConnectionDeactivated',
  reason: null,
  actor: destination,
  occurredAt: later,
};
const returned: ConnectionEvent = {
  type: 'ConnectionReturnedToPending',
  reason: null,
  actor: source,
  occurredAt: later,
};

const stateAfter = (events: readonly ConnectionEvent[]): State => events.reduce<State>(evolve, initial);
const given = (...before: ConnectionEvent[]) => ({
  when: (...happens: ConnectionEvent[]) => ({
    then: (...changes: Change<Connection>[]) =>
      expect(difference(stateAfter(before), stateAfter([...before, ...happens]))).toEqual(changes),
  }),
});

describe('the difference between two states of a connection', () => {
  it('is none when nothing happens', () => {
    given().when().then();
    given(created, activated).when().then();
  });
  it('is the status alone when it is activated in the very moment', () =>
    given(created).when(activated).then({ attribute: 'status', from: 'pending', to: 'active' }));
  it('tells who ended it, and when', () =>
    given(created, activated)
      .when(deactivated)
      .then(
        { attribute: 'status', from: 'active', to: 'inactive' },
        { attribute: 'deactivatedBy', from: null, to: 'destination' },
        { attribute: 'updatedAt', from: at, to: later },
      ));
  it('leaves out what was taken back in between', () =>
    given(created).when(deactivated, returned).then({ attribute: 'updatedAt', from: at, to: later }));
  it('is everything when it is created, the missing name too', () => {
    const changes = difference(initial, stateAfter([created]));
    expect(Object.fromEntries(changes.map(({ attribute, to }) => [attribute, to]))).toEqual(stateAfter([created]));
    expect(changes.every(({ from }) => from === undefined)).toBe(true);
    expect(changes).toContainEqual({ attribute: 'name', from: undefined, to: null });
  });
});

const organizations = fc.constantFrom('org_A', 'org_B');
const moments = fc.constantFrom(at, later);
const connections: fc.Arbitrary<Connection> = fc.record({
  id: fc.constantFrom('cxn_1', 'cxn_2'),
  sourceOrganizationId: organizations,
  destinationOrganizationId: organizations,
  name: fc.option(fc.string().map((text) => ({ text }))),
  scopes: fc.array(fc.constantFrom('a', 'b'), { maxLength: 3 }),
  status: fc.constantFrom('pending', 'active', 'inactive'),
  creatorId: fc.string(),
  creatorType: fc.constantFrom('api-key', 'user', 'system'),
  deactivatedBy: fc.constantFrom('source', 'destination', null),
  createdAt: moments,
  updatedAt: moments,
});
const states = fc.option(connections);

/** The state with the changes made to it. */
function changed(state: State, changes: readonly Change<Connection>[]): State {
  const attributes = new Map<string, unknown>(Object.entries(state ?? {}));
  for (const { attribute, to } of changes) {
    if (to === undefined) attributes.delete(attribute);
    else attributes.set(attribute, to);
  }
  return attributes.size === 0 ? null : (Object.fromEntries(attributes) as unknown as Connection);
}

describe('whatever the states are, their difference', () => {
  it('makes the one of the other', () =>
    fc.assert(fc.property(states, states, (from, to) => expect(changed(from, difference(from, to))).toEqual(to))));
  it('is none between a state and itself', () =>
    fc.assert(fc.property(states, (state) => expect(difference(state, structuredClone(state))).toEqual([]))));
  it('is the same the other way round, with the sides exchanged', () =>
    fc.assert(
      fc.property(states, states, (from, to) =>
        expect(difference(to, from).map((it) => ({ ...it, from: it.to, to: it.from }))).toEqual(
          expect.arrayContaining(difference(from, to)),
        ),
      ),
    ));
  it('names no attribute that is the same on both sides', () =>
    fc.assert(
      fc.property(connections, connections, (from, to) => {
        for (const { attribute } of difference(from, to)) expect(from[attribute]).not.toEqual(to[attribute]);
      }),
    ));
});
