import type { ConnectionNames } from '../connection-id';
import type { SharingAnswer, SharingQuestion } from './sharing-outcome';

/**
 * What was answered last about each pair of organizations, as long as its names are remembered. Who is about to share
 * asks the same again and again, and the answer is the very same object as long as nothing has happened to the
 * connection: whatever was made of it needs not be made again. Whether anything has happened is for the log to say.
 */
export class RememberedAnswers {
  readonly #last = new WeakMap<ConnectionNames, Answered>();

  /** Null where another question was answered last, or none was. */
  to({ past, scopes }: SharingQuestion, names: ConnectionNames): Answered | null {
    const last = past === null ? this.#last.get(names) : undefined;
    return last !== undefined && areSame(last.scopes, scopes) ? last : null;
  }

  /**
   * Only of a question that has nothing wrong with it, since nothing can become wrong with it.
   * @param version of the log that it was answered from
   */
  keep({ past, scopes }: SharingQuestion, names: ConnectionNames, answer: SharingAnswer, version: number): void {
    if (past === null) this.#last.set(names, { scopes, answer, version });
  }
}

export interface Answered {
  readonly scopes: readonly string[];
  readonly answer: SharingAnswer;
  /** The answer to the same question is the same as long as the log has this version. */
  readonly version: number;
}

const areSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((text, index) => text === other[index]);
