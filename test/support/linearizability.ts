import { legalSteps } from './legal-steps';

/** What a connection is at one moment: a status, or null where there is none, and how many steps led there, less one. */
export interface Register {
  readonly status: string | null;
  readonly revision: number;
}

/** What a caller heard of an operation. */
export type Outcome =
  /** A step that was taken, and what it left. */
  | { readonly kind: 'taken'; readonly left: Register }
  /** A step that was refused because of this status. */
  | { readonly kind: 'refused'; readonly status: string | null }
  /** A read. */
  | { readonly kind: 'seen'; readonly register: Register }
  /** A step that was never answered: it may have been taken at any time since, or not at all. */
  | { readonly kind: 'unknown' };

/** One operation upon one connection, as its caller knows of it. */
export interface Operation {
  /** For messages. */
  readonly name: string;
  /** Of a step, the event that it leaves; null for a read. */
  readonly event: string | null;
  readonly outcome: Outcome;
  /** When it was sent, by one clock for all operations. */
  readonly invoked: number;
  /** When it was answered, by the same clock; infinite when it never was. */
  readonly returned: number;
}

const NOTHING: Register = { status: null, revision: -1 };

/**
 * Whether one order explains all that callers heard of a connection: each operation has its effect at one moment
 * between being sent and being answered, and each hears the truth of that moment.
 * @returns null when there is one, or else what speaks against it.
 */
export function contradictionIn(history: readonly Operation[]): string | null {
  const search = new Search(history);
  return search.explain() ? null : search.contradiction;
}

/** The search of Wing and Gong, with the memory of Lowe: a set of operations done, and what they left, is tried once. */
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
    // What changes nothing and fits may be taken as done at once: no order is lost by that.
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

  /** The operations that can be next: none that was sent after another one, still to come, was answered. */
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

/** What a step leaves; null where it cannot be taken, or leaves something else than its caller heard. */
function changed({ status, revision }: Register, { event, outcome }: Operation): Register | null {
  if (event === null || (outcome.kind !== 'taken' && outcome.kind !== 'unknown')) return null;
  const step = legalSteps.find(([from, taken]) => from === status && taken === event);
  if (step === undefined) return null;
  const left = { status: step[3], revision: revision + 1 };
  return outcome.kind === 'unknown' || isSame(outcome.left, left) ? left : null;
}

/** Whether an operation that changed nothing heard the truth. */
function isTrueOf(register: Register, { event, outcome }: Operation): boolean {
  if (outcome.kind === 'seen') return isSame(outcome.register, register);
  if (outcome.kind !== 'refused') return false;
  const isLegal = legalSteps.some(([from, taken]) => from === register.status && taken === event);
  return outcome.status === register.status && !isLegal;
}

const isSame = (one: Register, other: Register): boolean =>
  one.status === other.status && one.revision === other.revision;
