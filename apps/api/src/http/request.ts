import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '@connections/directory/roles';
import type { Session } from '@connections/directory/sessions';
import type { Attempt } from './attempt';
import type { Reading } from './reading';

/** What guards and hooks set on a request. */
export interface AuthenticatedRequest extends FastifyRequest {
  /** Set if the route needs a permission. */
  caller: Caller;
  /** Set if the route needs a person. */
  session: Session;
  /** Set if the request has an idempotency key, once that is claimed. */
  attempt?: Attempt;
  /** Set if the answer may be remembered. */
  reading?: Reading;
}

/** The caller of the request. */
export const CallerOf = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller => context.switchToHttp().getRequest<AuthenticatedRequest>().caller,
);

/** The session of the signed-in person. */
export const SessionOf = createParamDecorator(
  (_: unknown, context: ExecutionContext): Session => context.switchToHttp().getRequest<AuthenticatedRequest>().session,
);

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;
/** No spreadsheet takes it, or a part of it, for a formula, whatever it takes for the end of a cell. */
export const CORRELATION_ID = /^[\w.:/][\w.:/+@=-]{0,254}$/;

/** The caller's own id for what it is doing: its Request-Id, otherwise its trace id, otherwise our request id. */
export function correlationIdOf(request: FastifyRequest): string {
  const given = request.headers['request-id'] ?? request.headers['x-request-id'];
  if (typeof given === 'string' && CORRELATION_ID.test(given)) return given;
  const trace = request.headers.traceparent;
  return (typeof trace === 'string' ? TRACEPARENT.exec(trace)?.[1] : undefined) ?? request.id;
}
