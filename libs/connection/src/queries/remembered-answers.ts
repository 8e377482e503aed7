import type { ConnectionNames } from '../connection-id';
import type { SharingAnswer, SharingQuestion } from './sharing-outcome';

/** The most answers that are kept. They are cheap to compute again: the states that they come from are cached, too. */
const KEPT = 10_000;

/**
 * The last answer for each pair of organizations. A source tends to ask the same question again and again, and gets the
 * very same object as long as nothing happens to the connection, so that whatever was derived from it can be reused.
 * Whether something happened is decided by the log.
 */
export class RememberedAnswers {
  /** By source, then destination: joining the two into one key would take longer than the rest of the look-up. */
  readonly #bySource = new Map<string, Map<string, Answered>>();
  #kept = 0;
  /** The answers for the source that was asked about last: a series of questions usually has one source. */
  #source = '';
  #ofSource: ReadonlyMap<string, Answered> | undefined;

  /** Null if the last answer was to another question, or there is none. */
  to({ past, scopes, sourceOrganizationId, destinationOrganizationId }: SharingQuestion): Answered | null {
    if (past !== null) return null;
    if (sourceOrganizationId !== this.#source) {
      this.#source = sourceOrganizationId;
      this.#ofSource = this.#bySource.get(sourceOrganizationId);
    }
    const last = this.#ofSource?.get(destinationOrganizationId);
    return last !== undefined && areSame(last.scopes, scopes) ? last : null;
  }

  /** Only for valid questions: a question that was valid once stays valid. */
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

  /** Everything at once: tracking which was used last would cost time at every question. */
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
  /** The version of the log that it was answered from; the answer holds as long as the log has this version. */
  readonly version: number;
}

const areSame = (one: readonly string[], other: readonly string[]): boolean =>
  one === other || (one.length === other.length && one.every((text, index) => text === other[index]));
