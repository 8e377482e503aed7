import fc from 'fast-check';
import {
  activate,
  allowedActions,
  type Change,
  changeBy,
  create,
  deactivate,
  type Decision,
  evolve,
  initial,
  reactivate,
  rolesOf,
  settles,
  type State,
} from './connection';
import { Refusal } from './connection.errors';
import type { ConnectionEvent } from './connection.events';
import type { Step } from './lifecycle';

const policy = { scopes: ['inquiry.read', 'account.read'], allowSelfConnections: false };
const terms = { connectionId: 'cxn_1', destinationOrganizationId: 'org_D', name: null, scopes: ['account.read'] };

interface Attempt {
  readonly step: Step;
  readonly organizationId: string;
  readonly at: string;
}

/** Steps by anybody, at times that jump about, as with the clocks of several machines. */
const attempts = fc.array(
  fc.record<Attempt>({
    step: fc.constantFrom<Step[]>('create', 'activate', 'deactivate', 'reactivate'),
    organizationId: fc.constantFrom('org_S', 'org_D', 'org_X'),
    at: fc
      .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }), fc.integer({ min: 0, max: 999 }))
      .map(([month, day, millisecond]) => {
        const digits = (value: number, width: number): string => String(value).padStart(width, '0');
        return `2026-${digits(month, 2)}-${digits(day, 2)}T00:00:00.${digits(millisecond, 3)}Z`;
      }),
  }),
  { maxLength: 40 },
);

function decisionOf({ step, organizationId, at }: Attempt): Decision {
  const by = { type: 'api-key', id: 'api_1', organizationId } as const;
  // The connection under test is the one from S to D; creates by others would not reach its stream.
  const source = { ...by, organizationId: 'org_S' };
  return {
    create: create(terms, source, at, policy),
    activate: activate(by, at),
    deactivate: deactivate(by, at, { text: 'why not' }),
    reactivate: reactivate(by, at),
  }[step];
}

const frozen = (state: State): State => {
  if (state !== null) {
    Object.freeze(state.scopes);
    Object.freeze(state);
  }
  return state;
};

function run(all: readonly Attempt[]): { events: ConnectionEvent[]; states: State[]; refused: number } {
  const events: ConnectionEvent[] = [];
  const states: State[] = [initial];
  let refused = 0;
  for (const attempt of all) {
    const state = frozen(states.at(-1) ?? initial);
    const before = JSON.stringify(state);
    try {
      const decided = decisionOf(attempt)(state);
      events.push(...decided);
      states.push(decided.reduce(evolve, state));
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      refused += 1;
    }
    // A mutation of a frozen state would have thrown; the comparison reveals replacements within it.
    expect(JSON.stringify(state)).toBe(before);
  }
  return { events, states, refused };
}

describe('whatever anybody tries', () => {
  it('leaves a history in which every event follows one that it may follow', () => {
    const follows: Record<ConnectionEvent['type'], readonly (ConnectionEvent['type'] | undefined)[]> = {
      ConnectionCreated: [undefined],
      ConnectionActivated: ['ConnectionCreated', 'ConnectionReturnedToPending'],
      ConnectionDeactivated: ['ConnectionCreated', 'ConnectionActivated', 'ConnectionReturnedToPending'],
      ConnectionReturnedToPending: ['ConnectionDeactivated'],
      // It is no step; see redaction.spec.ts.
      ConnectionTextRedacted: [],
    };
    fc.assert(
      fc.property(attempts, (all) => {
        const { events } = run(all);
        events.forEach((event, index) => expect(follows[event.type]).toContain(events[index - 1]?.type));
      }),
    );
  });

  it('is recorded under the role that the actor really has', () => {
    fc.assert(
      fc.property(attempts, (all) => {
        for (const { actor } of run(all).events) {
          expect(actor.role).toBe(
            ({ org_S: 'source', org_D: 'destination' } as Record<string, string>)[actor.organizationId ?? ''],
          );
        }
      }),
    );
  });

  it('never lets time run backwards', () => {
    fc.assert(
      fc.property(attempts, (all) => {
        const times = run(all).events.map((event) => event.occurredAt);
        expect(times).toEqual([...times].sort());
      }),
    );
  });

  it('either records exactly one event or refuses and changes nothing', () => {
    fc.assert(
      fc.property(attempts, (all) => {
        const { events, states, refused } = run(all);
        expect(events.length + refused).toBe(all.length);
        expect(states).toHaveLength(events.length + 1);
      }),
    );
  });

  it('can be replayed from the history alone', () => {
    fc.assert(
      fc.property(attempts, (all) => {
        const { events, states } = run(all);
        expect(events.reduce<State>(evolve, initial)).toEqual(states.at(-1));
      }),
    );
  });

  it('can be known from the first event and the last ones, from one on that settles it', () => {
    const redactedAt = fc.array(fc.nat({ max: 40 }), { maxLength: 10 });
    fc.assert(
      fc.property(attempts, redactedAt, (all, places) => {
        const { events } = run(all);
        for (const place of places) {
          const { actor, occurredAt } = events[place] ?? {};
          if (actor === undefined || occurredAt === undefined) continue;
          events.splice(place + 1, 0, {
            type: 'ConnectionTextRedacted',
            ...{ revision: 0, commitment: 'a'.repeat(64), actor, occurredAt },
          });
        }
        const [first] = events;
        const last = events.slice(events.findLastIndex(settles));
        const ends = first === undefined || last.length === events.length ? last : [first, ...last];
        const state = events.reduce<State>(evolve, initial);
        expect(ends.reduce<State>(evolve, initial)).toEqual(state);
        for (let known = 1; known <= events.length; known += 1) {
          const change = Object.assign({}, ...events.slice(known).map(changeBy)) as Partial<Change>;
          expect('status' in change).toBe(events.slice(known).some(settles));
          expect(state).toMatchObject(change);
        }
      }),
    );
  });

  it('is accepted exactly when it was offered as an action', () => {
    fc.assert(
      fc.property(attempts, fc.constantFrom('org_S', 'org_D', 'org_X'), (all, organizationId) => {
        const state = run(all).states.at(-1) ?? initial;
        if (state === null) return;
        const offered = allowedActions(state.status, rolesOf(state, organizationId));
        for (const step of ['activate', 'deactivate', 'reactivate'] as const) {
          const take = () => decisionOf({ step, organizationId, at: '2026-06-01T00:00:00.000Z' })(state);
          if (offered.includes(step)) expect(take()).toHaveLength(1);
          else expect(take).toThrow(expect.objectContaining({ code: expect.any(String) as string }));
        }
      }),
    );
  });
});
