import fc from 'fast-check';
import { legalSteps } from './legal-steps';
import { contradictionIn, type Operation, type Outcome, type Register } from './linearizability';

const EVENTS = [...new Set(legalSteps.map(([, event]) => event))];
const NOTHING: Register = { status: null, revision: -1 };

/** The operation that a caller asks for: a step, named by its event, or a read. */
type Asked = string | null;

function answered({ status, revision }: Register, asked: Asked): { outcome: Outcome; left: Register } {
  const before = { status, revision };
  if (asked === null) return { outcome: { kind: 'seen', register: before }, left: before };
  const step = legalSteps.find(([from, event]) => from === status && event === asked);
  if (step === undefined) return { outcome: { kind: 'refused', status }, left: before };
  const left = { status: step[3], revision: revision + 1 };
  return { outcome: { kind: 'taken', left }, left };
}

interface Call {
  readonly asked: Asked;
  /** How long before its moment it was sent, and how long after that it was answered. */
  readonly early: number;
  readonly late: number;
  /** Whether its answer was lost. */
  readonly lost: boolean;
}

/** A history in which each call takes effect at ten times its index in the list. */
function play(calls: readonly Call[]): Operation[] {
  let register = NOTHING;
  return calls.map(({ asked, early, late, lost }, index) => {
    const { outcome, left } = answered(register, asked);
    register = left;
    const unknown = lost && asked !== null;
    return {
      name: `call ${index}`,
      event: asked,
      outcome: unknown ? { kind: 'unknown' } : outcome,
      invoked: index * 10 - early,
      returned: unknown ? Number.POSITIVE_INFINITY : index * 10 + late,
    };
  });
}

const anyCall = (overlap: number): fc.Arbitrary<Call> =>
  fc.record({
    asked: fc.constantFrom(...EVENTS, null),
    early: fc.integer({ min: 1, max: overlap }),
    late: fc.integer({ min: 1, max: overlap }),
    lost: fc.constant(false),
  });
const anyLossyCall = fc
  .tuple(anyCall(60), fc.integer({ min: 0, max: 4 }))
  .map(([call, chance]) => ({ ...call, lost: chance === 0 }));

/** Calls that do not overlap, so that only one order is possible. */
const oneByOne = fc.array(anyCall(4), { minLength: 3, maxLength: 30 });

const isTaken = ({ outcome }: Operation): boolean => outcome.kind === 'taken';
const at = (operation: Operation, invoked: number, returned: number): Operation => ({
  ...operation,
  invoked,
  returned,
});
const read = (register: Register, invoked: number): Operation => ({
  name: 'read',
  event: null,
  outcome: { kind: 'seen', register },
  invoked,
  returned: invoked + 1,
});
const leftBy = ({ outcome }: Operation): Register => (outcome.kind === 'taken' ? outcome.left : NOTHING);

/** Tries every order; for a handful of operations. */
function isExplainedByAny(history: readonly Operation[], register = NOTHING): boolean {
  if (history.every(({ outcome }) => outcome.kind === 'unknown')) return true;
  return history.some((next, index) => {
    const rest = history.filter((_, other) => other !== index);
    if (rest.some(({ returned }) => returned < next.invoked)) return false;
    if (next.outcome.kind === 'unknown' && isExplainedByAny(rest, register)) return true;
    const { outcome, left } = answered(register, next.event);
    const isHeard = next.outcome.kind === 'unknown' || JSON.stringify(outcome) === JSON.stringify(next.outcome);
    return isHeard && isExplainedByAny(rest, left);
  });
}

describe('the check of what callers heard of one connection', () => {
  it('finds an order for whatever happened in one, however the calls overlapped and whose answers were lost', () => {
    fc.assert(
      fc.property(fc.array(anyLossyCall, { maxLength: 60 }), (calls) => {
        expect(contradictionIn(play(calls))).toBeNull();
      }),
    );
  });

  it('agrees with a trial of every order, on histories that may be nonsense', () => {
    const anyRegister = fc.constantFrom<Register>(
      NOTHING,
      { status: 'pending', revision: 0 },
      { status: 'active', revision: 1 },
      { status: 'inactive', revision: 1 },
      { status: 'inactive', revision: 2 },
    );
    const anyOutcome = (event: Asked): fc.Arbitrary<Outcome> =>
      event === null
        ? anyRegister.map((register) => ({ kind: 'seen', register }))
        : fc.oneof(
            anyRegister.map((left): Outcome => ({ kind: 'taken', left })),
            anyRegister.map(({ status }): Outcome => ({ kind: 'refused', status })),
            fc.constant<Outcome>({ kind: 'unknown' }),
          );
    const anyOperation = fc
      .tuple(fc.constantFrom(...EVENTS, null), fc.nat(12), fc.integer({ min: 1, max: 12 }))
      .chain(([event, invoked, length]) =>
        anyOutcome(event).map((outcome): Operation => {
          const returned = outcome.kind === 'unknown' ? Number.POSITIVE_INFINITY : invoked + length;
          return { name: 'any', event, outcome, invoked, returned };
        }),
      );
    let explained = 0;
    fc.assert(
      fc.property(fc.array(anyOperation, { minLength: 1, maxLength: 5 }), (history) => {
        const isExplained = isExplainedByAny(history);
        if (isExplained && history.length > 2) explained += 1;
        expect(contradictionIn(history) === null).toBe(isExplained);
      }),
      { numRuns: 3_000 },
    );
    expect(explained).toBeGreaterThan(10);
  });

  /** Plants a contradiction in histories that have a step for it. */
  const finds = (plant: (history: Operation[], step: number) => Operation[]): void => {
    let planted = 0;
    fc.assert(
      fc.property(oneByOne, fc.nat(), (calls, chosen) => {
        const history = play(calls);
        const steps = history.flatMap((operation, index) => (isTaken(operation) ? [index] : []));
        if (steps.length === 0) return;
        planted += 1;
        expect(contradictionIn(plant(history, steps[chosen % steps.length]!))).not.toBeNull();
      }),
    );
    expect(planted).toBeGreaterThan(50);
  };

  it('finds a read that was stale', () =>
    finds((history, step) => {
      const { status, revision } = leftBy(history[step]!);
      const before = history.slice(0, step).findLast(isTaken);
      const stale = before ? leftBy(before) : NOTHING;
      expect([status, revision]).not.toEqual([stale.status, stale.revision]);
      return [...history, read(stale, history[step]!.returned + 0.5)];
    }));

  it('finds a step that was answered and lost', () =>
    finds((history, step) => {
      const kept = history.slice(0, step + 1);
      const before = history.slice(0, step).findLast(isTaken);
      return [...kept, read(before ? leftBy(before) : NOTHING, history[step]!.returned + 1)];
    }));

  it('finds a step that took effect twice', () =>
    finds((history, step) => {
      const { status, revision } = leftBy(history[step]!);
      return [...history.slice(0, step + 1), read({ status, revision: revision + 1 }, history[step]!.returned + 1)];
    }));

  it('finds an effect of a step that had not been sent', () =>
    finds((history, step) => {
      const { invoked } = history[step]!;
      return [...history, read(leftBy(history[step]!), invoked - 1.5)];
    }));

  it('finds two callers who were both told that they took the same step', () =>
    finds((history, step) => {
      const { invoked, returned } = history[step]!;
      return [...history, at(history[step]!, invoked, returned)];
    }));

  it('finds a refusal for which there was no reason', () =>
    finds((history, step) => {
      const before = history.slice(0, step).findLast(isTaken);
      const outcome: Outcome = { kind: 'refused', status: before ? leftBy(before).status : null };
      return history
        .slice(0, step + 1)
        .map((operation, index) => (index === step ? { ...operation, outcome } : operation));
    }));

  it('says which operations cannot be', () => {
    const created = play([{ asked: 'ConnectionCreated', early: 1, late: 1, lost: false }]);
    expect(contradictionIn([...created, read(NOTHING, 5)])).toContain('read: {"name":"read"');
  });

  it('is done soon with many callers at once, many of whom never had an answer', () => {
    const calls = Array.from({ length: 400 }, (_, index) => ({
      asked: [...EVENTS, null][index % 5]!,
      early: 300,
      late: 300,
      lost: index % 7 === 0,
    }));
    expect(contradictionIn(play(calls))).toBeNull();
  });
});
