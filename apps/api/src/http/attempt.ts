import type { Kysely } from 'kysely';
import type { DirectoryTables } from '@connections/directory/directory.tables';
import { type Settle, unsettled } from '@connections/directory/retries';
import type { JsonObject } from '@connections/event-store/event-store';

/** One try of a request with an idempotency key; see `Idempotency`. */
export interface Attempt {
  readonly key: string;
  /** To be asked before each append. @throws Overtaken */
  readonly unlessOvertaken: () => Promise<void>;
  /**
   * The last statement of a transaction of the directory.
   * @param answer remembered with it; null where rows carry a marker of the request.
   * @throws Overtaken
   */
  readonly settle: (tx: Kysely<DirectoryTables>, answer: JsonObject | null) => Promise<void>;
}

/**
 * What makes a change of the directory that of one try alone, for a change whose rows carry a marker of the request: a
 * retry is carried out again and finds them, so that a secret that nobody heard of is replaced.
 */
export const settlingOf = (attempt: Attempt | undefined): Settle<unknown> =>
  attempt === undefined ? unsettled : (tx) => attempt.settle(tx, null);

/** The same for a change that leaves nothing to recognise it by: its answer is remembered with it. */
export const rememberingOf = <T>(attempt: Attempt | undefined, answer: (result: T) => JsonObject): Settle<T> =>
  attempt === undefined ? unsettled : (tx, result) => attempt.settle(tx, answer(result));
