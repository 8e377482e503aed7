import type { Kysely } from 'kysely';
import type { DirectoryTables } from '@connections/directory/directory.tables';
import { type Settle, unsettled } from '@connections/directory/retries';
import type { JsonObject } from '@connections/event-store/event-store';

/** One try of a request with an idempotency key; see `Idempotency`. */
export interface Attempt {
  readonly key: string;
  /** To be called before each append. @throws Overtaken */
  readonly unlessOvertaken: () => Promise<void>;
  /**
   * To be run as the last statement of a transaction of the directory.
   * @param answer stored along with the change; null if the changed rows carry a marker of the request.
   * @throws Overtaken
   */
  readonly settle: (tx: Kysely<DirectoryTables>, answer: JsonObject | null) => Promise<void>;
}

/**
 * For a change whose rows carry a marker of the request: makes sure that only one try commits it. A retry is carried
 * out again and finds the rows, so that a secret whose answer was lost is replaced.
 */
export const settlingOf = (attempt: Attempt | undefined): Settle<unknown> =>
  attempt === undefined ? unsettled : (tx) => attempt.settle(tx, null);

/** For a change that leaves no marker: stores its answer along with it. */
export const rememberingOf = <T>(attempt: Attempt | undefined, answer: (result: T) => JsonObject): Settle<T> =>
  attempt === undefined ? unsettled : (tx, result) => attempt.settle(tx, answer(result));
