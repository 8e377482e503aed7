import type { Problem, ProblemMeta, ProblemSource } from './types.js';

/** What the client says by itself, when no answer of the service does. */
type OwnCode = 'timed-out' | 'unreachable' | 'unexpected-answer';

/** What to branch on. A code never changes its meaning; later services may know more of them. */
export type ErrorCode = Problem['code'] | OwnCode;

/** What is known of a failed call. */
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
 * Any call that failed. What the caller itself ended is thrown as the reason that its signal was given, which knows no
 * idempotency key: whoever may want to go on with such a call gives it a key of its own beforehand.
 */
export class ConnectionsError extends Error {
  override readonly name: string = 'ConnectionsError';
  readonly code: ErrorCode;
  /** Of the last answer; null when there was none. */
  readonly status: number | null;
  /** Quote it when you ask for help; null when there was no answer. */
  readonly requestId: string | null;
  /** Everything that was wrong, at once. */
  readonly errors: readonly Problem[];
  /** After how many milliseconds asking again makes sense; null when nobody said. */
  readonly retryAfter: number | null;
  /**
   * The key that the call went under; null for one that writes nothing. Where nobody knows whether the call took effect,
   * make it again with this key, and it takes effect once. Nobody does after TimedOut, Unreachable and Unavailable and
   * after the codes `unexpected-answer` and `internal`; RateLimited and Unauthenticated speak of the last try alone.
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

  /** Where in the request it was wrong; undefined when that is nowhere in particular. */
  get source(): ProblemSource | undefined {
    return this.#leading?.source;
  }

  /** What is needed in order to go on; empty when the code brings nothing. */
  get meta(): ProblemMeta {
    return this.#leading?.meta ?? {};
  }

  get #leading(): Problem | undefined {
    return this.errors.find(({ code }) => code === this.code);
  }
}

/** The request was wrong (400, 406, 413, 415, 422): `errors` says all that is to be corrected. */
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

/** There is no such thing, or none that you may see (404); the service itself says so. */
export class NotFound extends ConnectionsError {
  override readonly name = 'NotFound';
}

/** The directed pair has its one connection already: `meta.connectionId` (409). */
export class AlreadyConnected extends ConnectionsError {
  override readonly name = 'AlreadyConnected';
}

/** The step does not start from the present status: `meta.status`, and `meta.allowedActions` instead (409). */
export class IllegalTransition extends ConnectionsError {
  override readonly name = 'IllegalTransition';
}

/** Something has happened since the revision that you decided upon; `meta.revision` is the present one (412). */
export class StaleRevision extends ConnectionsError {
  override readonly name = 'StaleRevision';
}

/** The API key asked for more than it may; `retryAfter` says until when (429). An earlier try may have taken effect. */
export class RateLimited extends ConnectionsError {
  override readonly name = 'RateLimited';
}

/**
 * The service cannot tell now, and could not over all retries (502, 503, 504, and a try still under way). The call may
 * have taken effect: whoever lies in between may have passed it on, and it is the answer that was lost.
 */
export class Unavailable extends ConnectionsError {
  override readonly name = 'Unavailable';
}

/**
 * No answer came back, over all retries, or an export broke off; `cause` is what happened last. The call may have taken
 * effect.
 */
export class Unreachable extends ConnectionsError {
  override readonly name = 'Unreachable';
}

/** The call's time was up; `cause` is what had failed until then, if anything had. The call may have taken effect. */
export class TimedOut extends ConnectionsError {
  override readonly name = 'TimedOut';
}
