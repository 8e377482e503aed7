import { setImmediate as nextTurn } from 'node:timers/promises';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ConnectionPolicy, KnownOrganizations } from '../commands/terms-check';
import { connectionBetween, type ConnectionNames } from '../connection-id';
import { ConnectionLog, type Look, type ProvenConnection } from '../connection-log';
import { mayConnect, scopeProblemsOf } from '../domain/connection';
import { verdictOn } from '../domain/sharing';
import { hasReached, NotThen, type Past } from '../past';
import type { Viewer } from './get-connection';
import { type Answered, RememberedAnswers } from './remembered-answers';
import type { SharingAnswer, SharingOutcome, SharingProblem, SharingQuestion } from './sharing-outcome';

/**
 * Whether data may be shared now, answered from the log and never from a projection: the first question after a
 * deactivation was answered is told no. There is one outcome for each question, in order.
 */
export class CheckSharing extends Query<SharingOutcome[]> {
  constructor(
    readonly questions: readonly SharingQuestion[],
    readonly viewer: Viewer,
  ) {
    super();
  }
}

interface Asked {
  readonly question: SharingQuestion;
  /** The connection in question; null if the asker may not learn of it. */
  readonly names: ConnectionNames | null;
  /** The previous answer to the same question; null if there is none. */
  readonly before: Answered | null;
}

type Open = Asked & { readonly names: ConnectionNames };

const isOpen = (asked: Asked): asked is Open => asked.names !== null;
const isOfNow = ({ question }: Asked): boolean => question.past === null;

/** For questions about the past only: then the end of the log does not matter. */
const NOTHING_SEEN: Look = { version: -1, of: async () => [] };

@QueryHandler(CheckSharing)
export class CheckSharingHandler implements IQueryHandler<CheckSharing> {
  readonly #remembered = new RememberedAnswers();

  constructor(
    private readonly connections: ConnectionLog,
    private readonly policy: ConnectionPolicy,
    private readonly organizations: KnownOrganizations,
  ) {}

  async execute({ questions, viewer }: CheckSharing): Promise<SharingOutcome[]> {
    const asked = questions.map((question) => this.#asked(question, viewer));
    if (asked.every(({ before }) => before !== null)) return this.#answers(asked);
    const judged = asked.map(({ question, before }) => (before === null ? this.#problemsOf(question) : NONE));
    // Awaiting what is known already would cost more than the rest of the question.
    const known = judged.every((found) => Array.isArray(found))
      ? judged
      : await Promise.all(judged.map(async (found) => found));
    if (known.every((found) => found.length === 0)) return this.#answers(asked);
    const answerable = asked.filter((_, index) => known[index]?.length === 0);
    const answers = (await this.#answers(answerable))[Symbol.iterator]();
    return known.map((found) => (found.length > 0 ? found : (answers.next().value as SharingOutcome)));
  }

  /** Checked before anything is read: the time of a read would tell a stranger that there is something to read. */
  #asked(question: SharingQuestion, viewer: Viewer): Asked {
    const { sourceOrganizationId: source, destinationOrganizationId: destination } = question;
    if (!isOpenTo(viewer, question)) return { question, names: null, before: null };
    const before = this.#remembered.to(question);
    return { question, names: before?.names ?? connectionBetween(source, destination), before };
  }

  async #answers(asked: readonly Asked[]): Promise<SharingOutcome[]> {
    const isAboutNow = asked.some((one) => isOpen(one) && isOfNow(one));
    const look = isAboutNow ? await this.connections.look(asked.length) : NOTHING_SEEN;
    // Nothing was appended since all of these were answered, so no connection is looked up.
    if (asked.every(({ before }) => before?.version === look.version))
      return asked.map(({ before }) => (before as Answered).answer);
    const read = await this.#read(asked.filter(isOpen), look);
    let next = 0;
    return asked.map(({ question, names, before }) => {
      const seen = names === null ? null : (read[next++] ?? null);
      const { past, sourceOrganizationId: source, destinationOrganizationId: destination, scopes } = question;
      if (past !== null && seen !== null && !hasReached(past, seen.revision)) return [notThen(past)];
      const decided = (): SharingAnswer => ({
        ...verdictOn(seen?.connection ?? null, scopes, mayConnect(source, destination, this.policy)),
        decidedUpon: seen,
      });
      const answer = before !== null && isSame(before.answer.decidedUpon, seen) ? before.answer : decided();
      if (names !== null) this.#remembered.keep(question, { names, scopes, answer, version: look.version });
      return answer;
    });
  }

  async #read(asked: readonly Open[], look: Look): Promise<(ProvenConnection | null)[]> {
    return asked.every(isOfNow) ? look.of(asked.map(({ names }) => names)) : this.#readPast(asked, look);
  }

  /** Reads each history once, one after the other: reading a hundred long ones at once would block everything else. */
  async #readPast(asked: readonly Open[], look: Look): Promise<(ProvenConnection | null)[]> {
    const found = new Array<ProvenConnection | null>(asked.length).fill(null);
    const pasts = asked.flatMap(({ question: { past }, names }, index) =>
      past ? [{ past, index, id: names.id }] : [],
    );
    for (const [id, about] of Map.groupBy(pasts, (one) => one.id)) {
      const then = await this.connections.at(
        id,
        about.map((one) => one.past),
      );
      about.forEach(({ index }, nth) => (found[index] = then[nth] ?? null));
      await nextTurn();
    }
    const present = asked.flatMap(({ question, names }, index) => (question.past === null ? [{ names, index }] : []));
    const now = await look.of(present.map(({ names }) => names));
    present.forEach(({ index }, nth) => (found[index] = now[nth] ?? null));
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

/** Whether both are the same object, at the same revision and with the same hash: then the answer is the same. */
const isSame = (one: ProvenConnection | null, other: ProvenConnection | null): boolean =>
  one === null || other === null
    ? one === other
    : one.connection === other.connection && one.revision === other.revision && one.hash === other.hash;

/** The connection's id is derived from its parties, so the question itself tells whether the viewer is one of them. */
const isOpenTo = (viewer: Viewer, { sourceOrganizationId, destinationOrganizationId }: SharingQuestion): boolean =>
  viewer === null || viewer === sourceOrganizationId || viewer === destinationOrganizationId;

const NONE: readonly SharingProblem[] = [];

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
