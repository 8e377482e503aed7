import { legalSteps } from './legal-steps';

/** The state of a connection at one moment: its status, null if there is none, and its number of steps, minus one. */
export interface Register {
  readonly status: string | null;
  readonly revision: number;
}

/** What a caller was told about an operation. */
export type Outcome =
  /** A step that was taken, and the state after it. */
  | { readonly kind: 'taken'; readonly left: Register }
  /** A step that was refused because of this status. */
  | { readonly kind: 'refused'; readonly status: string | null }
  /** A read. */
  | { readonly kind: 'seen'; readonly register: Register }
  /** A step that was never answered: it may have been taken at any time since, or not at all. */
  | { readonly kind: 'unknown' };

/** One operation on one connection, as its caller knows it. */
export interface Operation {
  /** For messages. */
  readonly name: string;
  /** The event of a step; null for a read. */
  readonly event: string | null;
  readonly outcome: Outcome;
  /** When it was sent, by one clock for all operations. */
  readonly invoked: number;
  /** When it was answered, by the same clock; infinite if it never was. */
  readonly returned: number;
}

const NOTHING: Register = { status: null, revision: -1 };

/**
 * Whether one order explains everything that callers were told about a connection: each operation takes effect at one
 * moment between being sent and being answered, and its answer is true at that moment.
 * @returns null if there is such an order, otherwise what contradicts it.
 */
export function contradictionIn(history: readonly Operation[]): string | null {
  const search = new Search(history);
  return search.explain() ? null : search.contradiction;
}

/**
 * The search of Wing and Gong, with Lowe's memory: each set of completed operations, with the state after it, is tried
 * only once.
 */
class Search {
  readonly #operations: readonly Operation[];
  readonly #tried = new Set<string>();
  readonly #done: boolean[];
  #farthest = { done: -1, register: NOTHING, waiting: [] as readonly Operation[] };

  constructor(history: readonly Operation[]) {
    this.#operations = [...history].sort((one, other) => one.invoked - other.invoked);
    this.#done = this.#operations.map(() => false);
  }

  get contradiction(): string {
    const { done, register, waiting } = this.#farthest;
    const told = waiting.map((operation) => `  ${operation.name}: ${JSON.stringify(operation)}`);
    return [
      `No order explains the answers. After ${done} of ${this.#operations.length} operations the connection is`,
      `${JSON.stringify(register)}, and none of these can be next:`,
      ...told,
    ].join('\n');
  }

  explain(register = NOTHING): boolean {
    const undo: number[] = [];
    // An operation that changes nothing and fits can be completed at once: no possible order is lost by that.
    for (let found = this.#unchanging(register); found !== -1; found = this.#unchanging(register)) {
      this.#done[found] = true;
      undo.push(found);
    }
    if (this.#isExplained(register)) return true;
    for (const index of undo) this.#done[index] = false;
    return false;
  }

  #isExplained(register: Register): boolean {
    if (this.#operations.every(({ outcome }, index) => this.#done[index] || outcome.kind === 'unknown')) return true;
    const place = `${register.status} ${register.revision} ${this.#done.map(Number).join('')}`;
    if (this.#tried.has(place)) return false;
    this.#tried.add(place);
    const possible = this.#possible();
    this.#remember(register, possible);
    for (const index of possible) {
      const after = changed(register, this.#operations[index]!);
      if (after === null) continue;
      this.#done[index] = true;
      if (this.explain(after)) return true;
      this.#done[index] = false;
    }
    return false;
  }

  /** The operations that can come next: those that were sent before every other remaining one was answered. */
  #possible(): number[] {
    const possible: number[] = [];
    let earliestAnswer = Number.POSITIVE_INFINITY;
    for (const [index, { invoked, returned }] of this.#operations.entries()) {
      if (this.#done[index]) continue;
      if (invoked > earliestAnswer) break;
      possible.push(index);
      earliestAnswer = Math.min(earliestAnswer, returned);
    }
    return possible;
  }

  #unchanging(register: Register): number {
    return this.#possible().find((index) => isTrueOf(register, this.#operations[index]!)) ?? -1;
  }

  #remember(register: Register, possible: readonly number[]): void {
    const done = this.#done.filter(Boolean).length;
    if (done <= this.#farthest.done) return;
    this.#farthest = { done, register, waiting: possible.map((index) => this.#operations[index]!) };
  }
}

/** The state after a step; null if it cannot be taken, or would lead to another state than its caller was told. */
function changed({ status, revision }: Register, { event, outcome }: Operation): Register | null {
  if (event === null || (outcome.kind !== 'taken' && outcome.kind !== 'unknown')) return null;
  const step = legalSteps.find(([from, taken]) => from === status && taken === event);
  if (step === undefined) return null;
  const left = { status: step[3], revision: revision + 1 };
  return outcome.kind === 'unknown' || isSame(outcome.left, left) ? left : null;
}

/** Whether the answer to an operation that changed nothing is true in this state. */
function isTrueOf(register: Register, { event, outcome }: Operation): boolean {
  if (outcome.kind === 'seen') return isSame(outcome.register, register);
  if (outcome.kind !== 'refused') return false;
  const isLegal = legalSteps.some(([from, taken]) => from === register.status && taken === event);
  return outcome.status === register.status && !isLegal;
}

const isSame = (one: Register, other: Register): boolean =>
  one.status === other.status && one.revision === other.revision;
