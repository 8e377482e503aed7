import type { Problem, ProblemMeta, ProblemSource } from './types.js';

/** The client's own codes, for failures without a usable answer of the service. */
type OwnCode = 'timed-out' | 'unreachable' | 'unexpected-answer';

/** The code to branch on. A code never changes its meaning; later services may add more. */
export type ErrorCode = Problem['code'] | OwnCode;

/** What is known about a failed call. */
export interface Failure {
  readonly code: ErrorCode;
  readonly status?: number;
  readonly requestId?: string | null;
  readonly errors?: readonly Problem[];
  readonly retryAfter?: number | null;
  readonly idempotencyKey?: string | null;
  readonly cause?: unknown;
}

/**
 * Any call that failed. A call that the caller aborted throws the signal's reason instead, which carries no idempotency
 * key: to be able to repeat such a call, give it an `idempotencyKey` of your own.
 */
export class ConnectionsError extends Error {
  override readonly name: string = 'ConnectionsError';
  readonly code: ErrorCode;
  /** The status of the last answer; null when there was none. */
  readonly status: number | null;
  /** Quote it when asking for help; null when there was no answer. */
  readonly requestId: string | null;
  /** Everything that was wrong with the request. */
  readonly errors: readonly Problem[];
  /** In how many milliseconds to try again; null when the service did not say. */
  readonly retryAfter: number | null;
  /**
   * The idempotency key of the call; null for a call that writes nothing. When it is unknown whether the call took
   * effect, repeat it with this key, and it takes effect once. It is unknown after TimedOut, Unreachable and
   * Unavailable and after the codes `unexpected-answer` and `internal`; RateLimited and Unauthenticated describe only
   * the last try.
   */
  readonly idempotencyKey: string | null;

  constructor(message: string, failure: Failure) {
    const { code, status, requestId, errors, retryAfter, idempotencyKey, cause } = failure;
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
    this.status = status ?? null;
    this.requestId = requestId ?? null;
    this.errors = errors ?? [];
    this.retryAfter = retryAfter ?? null;
    this.idempotencyKey = idempotencyKey ?? null;
  }

  /** Which part of the request was wrong; undefined when no part in particular. */
  get source(): ProblemSource | undefined {
    return this.#leading?.source;
  }

  /** Details that help to go on; empty when the code has none. */
  get meta(): ProblemMeta {
    return this.#leading?.meta ?? {};
  }

  get #leading(): Problem | undefined {
    return this.errors.find(({ code }) => code === this.code);
  }
}

/** The request was wrong (400, 406, 413, 415, 422): `errors` lists everything to correct. */
export class InvalidRequest extends ConnectionsError {
  override readonly name = 'InvalidRequest';
}

/** The API key is missing, unknown, expired or revoked (401). An earlier try may have taken effect. */
export class Unauthenticated extends ConnectionsError {
  override readonly name = 'Unauthenticated';
}

/** The step is the other party's, or the API key's role may not do it (403); see `meta.permittedRoles`. */
export class NotPermitted extends ConnectionsError {
  override readonly name = 'NotPermitted';
}

/** There is no such thing, or none that you may see (404); answered by the service itself. */
export class NotFound extends ConnectionsError {
  override readonly name = 'NotFound';
}

/** The directed pair already has its one connection: `meta.connectionId` (409). */
export class AlreadyConnected extends ConnectionsError {
  override readonly name = 'AlreadyConnected';
}

/** The step does not start from the present status: see `meta.status` and `meta.allowedActions` (409). */
export class IllegalTransition extends ConnectionsError {
  override readonly name = 'IllegalTransition';
}

/** The connection has changed since the revision that you decided upon; `meta.revision` is the present one (412). */
export class StaleRevision extends ConnectionsError {
  override readonly name = 'StaleRevision';
}

/**
 * The API key has exceeded its rate limit; `retryAfter` says how long to wait (429). An earlier try may have taken
 * effect.
 */
export class RateLimited extends ConnectionsError {
  override readonly name = 'RateLimited';
}

/**
 * The service could not answer, even after all retries (502, 503, 504, or an earlier try still under way). The call may
 * have taken effect: an intermediary may have passed it on and lost the answer.
 */
export class Unavailable extends ConnectionsError {
  override readonly name = 'Unavailable';
}

/**
 * No answer arrived, even after all retries, or an export broke off; `cause` is the last error. The call may have taken
 * effect.
 */
export class Unreachable extends ConnectionsError {
  override readonly name = 'Unreachable';
}

/**
 * The time limit of the call was reached; `cause` is the last error before that, if any. The call may have taken
 * effect.
 */
export class TimedOut extends ConnectionsError {
  override readonly name = 'TimedOut';
}
