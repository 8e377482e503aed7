import { setImmediate as nextTurn } from 'node:timers/promises';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ConnectionPolicy, KnownOrganizations } from '../commands/terms-check';
import { connectionIdOf } from '../connection-id';
import { ConnectionLog, type ProvenConnection } from '../connection-log';
import { mayConnect, scopeProblemsOf } from '../domain/connection';
import { type SharingVerdict, verdictOn } from '../domain/sharing';
import type { Viewer } from './get-connection';

/** May data of these scopes go from the one to the other? */
export interface SharingQuestion {
  readonly sourceOrganizationId: string;
  readonly destinationOrganizationId: string;
  /** At least one. */
  readonly scopes: readonly string[];
  /** A past moment (ISO-8601 UTC with milliseconds) to answer for; null for now. */
  readonly asOf: string | null;
}

export interface SharingAnswer extends SharingVerdict {
  /** The connection that it was decided upon; null where the asker can see none. */
  readonly decidedUpon: ProvenConnection | null;
}

/** Something that makes a question one that cannot be answered. */
export interface SharingProblem {
  readonly code: 'unknown-organization' | 'no-scopes' | 'unknown-scope' | 'repeated-scope';
  readonly attribute: 'source-organization-id' | 'destination-organization-id' | 'scopes';
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
    const answerable = questions.filter((_, index) => known[index]?.length === 0);
    const answers = (await this.#answers(answerable, viewer))[Symbol.iterator]();
    return known.map((found) => (found.length > 0 ? found : (answers.next().value as SharingAnswer)));
  }

  async #answers(questions: readonly SharingQuestion[], viewer: Viewer): Promise<SharingAnswer[]> {
    // Judged before anything is read: how long that takes would tell a stranger that there is something to read.
    const read = (await this.#read(questions.filter((question) => isOpenTo(viewer, question))))[Symbol.iterator]();
    return questions.map((question) => {
      const seen = isOpenTo(viewer, question) ? (read.next().value as ProvenConnection | null) : null;
      const { sourceOrganizationId: source, destinationOrganizationId: destination, scopes } = question;
      const verdict = verdictOn(seen?.connection ?? null, scopes, mayConnect(source, destination, this.policy));
      return { ...verdict, decidedUpon: seen };
    });
  }

  async #read(questions: readonly SharingQuestion[]): Promise<(ProvenConnection | null)[]> {
    if (questions.length === 0) return [];
    const ids = questions.map((question) =>
      connectionIdOf(question.sourceOrganizationId, question.destinationOrganizationId),
    );
    const present = questions.every(({ asOf }) => asOf === null);
    return present ? this.connections.current(ids) : this.#readPast(questions, ids);
  }

  /** Reads each history once, and one after the other: a hundred long ones at once would hold everybody else up. */
  async #readPast(questions: readonly SharingQuestion[], ids: readonly string[]): Promise<(ProvenConnection | null)[]> {
    const past = new Map<string, Map<string, ProvenConnection | null>>();
    for (const [index, { asOf }] of questions.entries()) {
      const id = ids[index] as string;
      if (asOf !== null) past.set(id, (past.get(id) ?? new Map<string, null>()).set(asOf, null));
    }
    for (const [id, answers] of past) {
      const moments = [...answers.keys()];
      const then = await this.connections.at(id, moments);
      moments.forEach((moment, index) => answers.set(moment, then[index] ?? null));
      await nextTurn();
    }
    const asked = ids.filter((_, index) => questions[index]?.asOf === null);
    const now = (asked.length === 0 ? [] : await this.connections.current(asked))[Symbol.iterator]();
    return questions.map(({ asOf }, index) =>
      asOf === null
        ? (now.next().value as ProvenConnection | null)
        : (past.get(ids[index] as string)?.get(asOf) ?? null),
    );
  }

  #problemsOf(question: SharingQuestion): SharingProblem[] | Promise<SharingProblem[]> {
    const { sourceOrganizationId: source, destinationOrganizationId: destination, scopes } = question;
    const problems = scopeProblemsOf(scopes, this.policy.scopes) as SharingProblem[];
    if (scopes.length === 0) {
      const details = 'At least one scope is needed: name what is about to be shared.';
      problems.push({ code: 'no-scopes', attribute: 'scopes', details });
    }
    const [knowsSource, knowsDestination] = [source, destination].map((id) => this.organizations.isKnown(id));
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

const unknown = (attribute: SharingProblem['attribute'], id: string): SharingProblem => ({
  code: 'unknown-organization',
  attribute,
  details: `There is no organization ${JSON.stringify(id)}.`,
});
