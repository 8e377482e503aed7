import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { DirectoryTables } from '@connections/directory/directory.tables';
import type { Caller } from '@connections/directory/roles';
import type { Settle } from '@connections/directory/retries';
import type { Session } from '@connections/directory/sessions';
import type { JsonObject } from '@connections/event-store/event-store';
import type { Kysely } from 'kysely';

/** What the guard leaves on a request. */
export interface AuthenticatedRequest extends FastifyRequest {
  /** Where a route needs a permission. */
  caller: Caller;
  /** Where a route needs a person. */
  session: Session;
  /** Where the request has an idempotency key, once that is claimed. */
  attempt?: Attempt;
}

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
export const settlingOf =
  ({ attempt }: AuthenticatedRequest): Settle<unknown> =>
  async (tx) =>
    attempt?.settle(tx, null);

/** The same for a change that leaves nothing to recognise it by: its answer is remembered with it. */
export const rememberingOf =
  <T>({ attempt }: AuthenticatedRequest, answer: (result: T) => JsonObject): Settle<T> =>
  async (tx, result) =>
    attempt?.settle(tx, answer(result));

/** The one who asks. */
export const CallerOf = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller => context.switchToHttp().getRequest<AuthenticatedRequest>().caller,
);

/** The session of the person who asks. */
export const SessionOf = createParamDecorator(
  (_: unknown, context: ExecutionContext): Session => context.switchToHttp().getRequest<AuthenticatedRequest>().session,
);

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;
const MAXIMUM_ID_LENGTH = 255;

/** The caller's own id of what it is doing: its Request-Id, else its trace, else ours. */
export function correlationIdOf(request: FastifyRequest): string {
  const given = request.headers['request-id'] ?? request.headers['x-request-id'];
  if (typeof given === 'string' && given.length <= MAXIMUM_ID_LENGTH && /^[\x20-\x7e]+$/.test(given)) return given;
  const trace = request.headers.traceparent;
  return (typeof trace === 'string' ? TRACEPARENT.exec(trace)?.[1] : undefined) ?? request.id;
}
