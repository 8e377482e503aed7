import type { ConnectionNames } from '../connection-id';
import type { SharingAnswer, SharingQuestion } from './sharing-outcome';

/** Answers that are kept. What they were made of is remembered elsewhere as well, and each is soon made again. */
const KEPT = 10_000;

/**
 * What was answered last about each pair of organizations. Who is about to share asks the same again and again, and the
 * answer is the very same object as long as nothing has happened to the connection: whatever was made of it needs not be
 * made again. Whether anything has happened is for the log to say.
 */
export class RememberedAnswers {
  /** By source and destination: putting the two together would take longer than all the rest of finding an answer. */
  readonly #bySource = new Map<string, Map<string, Answered>>();
  #kept = 0;
  /** Those of the source that was asked about last: most who ask for many ask about one. */
  #source = '';
  #ofSource: ReadonlyMap<string, Answered> | undefined;

  /** Null where another question was answered last, or none was. */
  to({ past, scopes, sourceOrganizationId, destinationOrganizationId }: SharingQuestion): Answered | null {
    if (past !== null) return null;
    if (sourceOrganizationId !== this.#source) {
      this.#source = sourceOrganizationId;
      this.#ofSource = this.#bySource.get(sourceOrganizationId);
    }
    const last = this.#ofSource?.get(destinationOrganizationId);
    return last !== undefined && areSame(last.scopes, scopes) ? last : null;
  }

  /** Only of a question that has nothing wrong with it, since nothing can become wrong with it. */
  keep({ past, sourceOrganizationId, destinationOrganizationId }: SharingQuestion, answered: Answered): void {
    if (past !== null) return;
    const isNew = this.#bySource.get(sourceOrganizationId)?.has(destinationOrganizationId) !== true;
    if (isNew && this.#kept === KEPT) this.#forgetAll();
    if (isNew) this.#kept += 1;
    const known = this.#bySource.get(sourceOrganizationId) ?? new Map<string, Answered>();
    known.set(destinationOrganizationId, answered);
    this.#bySource.set(sourceOrganizationId, known);
    this.#source = sourceOrganizationId;
    this.#ofSource = known;
  }

  /** To tell which was asked for last would be work for every question. */
  #forgetAll(): void {
    this.#bySource.clear();
    this.#ofSource = undefined;
    this.#kept = 0;
  }
}

export interface Answered {
  readonly names: ConnectionNames;
  readonly scopes: readonly string[];
  readonly answer: SharingAnswer;
  /** Of the log that it was answered from: the answer to the same question is the same as long as the log has this version. */
  readonly version: number;
}

const areSame = (one: readonly string[], other: readonly string[]): boolean =>
  one === other || (one.length === other.length && one.every((text, index) => text === other[index]));
