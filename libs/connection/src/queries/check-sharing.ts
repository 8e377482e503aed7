import { setImmediate as nextTurn } from 'node:timers/promises';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ConnectionPolicy, KnownOrganizations } from '../commands/terms-check';
import { connectionIdOf } from '../connection-id';
import { ConnectionLog, type ProvenConnection } from '../connection-log';
import { mayConnect, scopeProblemsOf } from '../domain/connection';
import { type SharingVerdict, verdictOn } from '../domain/sharing';
import { hasReached, NotThen, type Past } from '../past';
import type { Viewer } from './get-connection';

/** May data of these scopes go from the one to the other? */
export interface SharingQuestion {
  readonly sourceOrganizationId: string;
  readonly destinationOrganizationId: string;
  /** At least one. */
  readonly scopes: readonly string[];
  /** The time to answer for; null for now. */
  readonly past: Past | null;
}

export interface SharingAnswer extends SharingVerdict {
  /** The connection that it was decided upon; null where the asker can see none. */
  readonly decidedUpon: ProvenConnection | null;
}

/** Something that makes a question one that cannot be answered. */
export interface SharingProblem {
  readonly code: 'unknown-organization' | 'no-scopes' | 'unknown-scope' | 'repeated-scope' | 'not-then';
  readonly attribute: 'source-organization-id' | 'destination-organization-id' | 'scopes' | 'revision';
  /** The place within the attribute, where it is a list. */
  readonly index?: number;
  readonly details: string;
}

export type SharingOutcome = SharingAnswer | readonly SharingProblem[];

export const isAnswer = (outcome: SharingOutcome): outcome is SharingAnswer => 'allowed' in outcome;

/**
 * Asks the log, and never a table that follows it: the first question that is asked after a deactivation was answered
 * hears no. Each question has an outcome of its own, in their order.
 */
export class CheckSharing extends Query<SharingOutcome[]> {
  constructor(
    readonly questions: readonly SharingQuestion[],
    readonly viewer: Viewer,
  ) {
    super();
  }
}

@QueryHandler(CheckSharing)
export class CheckSharingHandler implements IQueryHandler<CheckSharing> {
  constructor(
    private readonly connections: ConnectionLog,
    private readonly policy: ConnectionPolicy,
    private readonly organizations: KnownOrganizations,
  ) {}

  async execute({ questions, viewer }: CheckSharing): Promise<SharingOutcome[]> {
    const judged = questions.map((question) => this.#problemsOf(question));
    // Waiting for what is known at once would cost a question more than all the rest.
    const known = judged.every((found) => Array.isArray(found))
      ? judged
      : await Promise.all(judged.map(async (found) => found));
    if (known.every((found) => found.length === 0)) return this.#answers(questions, viewer);
    const answerable = questions.filter((_, index) => known[index]?.length === 0);
    const answers = (await this.#answers(answerable, viewer))[Symbol.iterator]();
    return known.map((found) => (found.length > 0 ? found : (answers.next().value as SharingOutcome)));
  }

  async #answers(questions: readonly SharingQuestion[], viewer: Viewer): Promise<SharingOutcome[]> {
    // Judged before anything is read: how long that takes would tell a stranger that there is something to read.
    const read = (await this.#read(questions.filter((question) => isOpenTo(viewer, question))))[Symbol.iterator]();
    return questions.map((question) => {
      const seen = isOpenTo(viewer, question) ? (read.next().value as ProvenConnection | null) : null;
      const { past, sourceOrganizationId: source, destinationOrganizationId: destination, scopes } = question;
      if (past !== null && seen !== null && !hasReached(past, seen.revision)) return [notThen(past)];
      const verdict = verdictOn(seen?.connection ?? null, scopes, mayConnect(source, destination, this.policy));
      return { ...verdict, decidedUpon: seen };
    });
  }

  async #read(questions: readonly SharingQuestion[]): Promise<(ProvenConnection | null)[]> {
    if (questions.length === 0) return [];
    const ids = questions.map((question) =>
      connectionIdOf(question.sourceOrganizationId, question.destinationOrganizationId),
    );
    const present = questions.every(({ past }) => past === null);
    return present ? this.connections.current(ids) : this.#readPast(questions, ids);
  }

  /** Reads each history once, and one after the other: a hundred long ones at once would hold everybody else up. */
  async #readPast(questions: readonly SharingQuestion[], ids: readonly string[]): Promise<(ProvenConnection | null)[]> {
    const found = new Array<ProvenConnection | null>(ids.length).fill(null);
    const pasts = questions.flatMap(({ past }, index) => (past ? [{ past, index, id: ids[index] as string }] : []));
    for (const [id, asked] of Map.groupBy(pasts, (one) => one.id)) {
      const past = asked.map((one) => one.past);
      const then = await this.connections.at(id, past);
      asked.forEach(({ index }, nth) => (found[index] = then[nth] ?? null));
      await nextTurn();
    }
    const present = [...ids.keys()].filter((index) => questions[index]?.past === null);
    const now = present.length > 0 ? await this.connections.current(present.map((index) => ids[index] as string)) : [];
    present.forEach((index, nth) => (found[index] = now[nth] ?? null));
    return found;
  }

  #problemsOf(question: SharingQuestion): SharingProblem[] | Promise<SharingProblem[]> {
    const { sourceOrganizationId: source, destinationOrganizationId: destination, scopes } = question;
    const problems = scopeProblemsOf(scopes, this.policy.scopes) as SharingProblem[];
    if (scopes.length === 0) {
      const details = 'At least one scope is needed: name what is about to be shared.';
      problems.push({ code: 'no-scopes', attribute: 'scopes', details });
    }
    const knowsSource = this.organizations.isKnown(source);
    const knowsDestination = this.organizations.isKnown(destination);
    if (knowsSource === true && knowsDestination === true) return problems;
    return Promise.all([knowsSource, knowsDestination]).then(([isSource, isDestination]) => [
      ...problems,
      ...(isSource ? [] : [unknown('source-organization-id', source)]),
      ...(isDestination ? [] : [unknown('destination-organization-id', destination)]),
    ]);
  }
}

/** The parties of a connection are those that its id is made of, so a question names them before it is answered. */
const isOpenTo = (viewer: Viewer, { sourceOrganizationId, destinationOrganizationId }: SharingQuestion): boolean =>
  viewer === null || viewer === sourceOrganizationId || viewer === destinationOrganizationId;

const notThen = (past: Past): SharingProblem => ({
  code: 'not-then',
  attribute: 'revision',
  details: new NotThen(past).message,
});

const unknown = (attribute: SharingProblem['attribute'], id: string): SharingProblem => ({
  code: 'unknown-organization',
  attribute,
  details: `There is no organization ${JSON.stringify(id)}.`,
});
