import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import type { JsonObject } from '@connections/event-store/event-store';
import { TreeBehind } from '@connections/audit/checkpoints';
import { LogForked } from '@connections/audit/last-leaf';
import { UnknownEvent } from '@connections/connection/stored-events';
import { UnusableKeys } from '@connections/audit/key-file';
import { DatabaseUnavailable } from '@connections/database/unusable';
import { AlreadyMember, InvitationEnded } from '@connections/directory/invitations';
import { LastAdmin } from '@connections/directory/memberships';
import { EmailTaken } from '@connections/directory/people';
import { Overtaken, StoreUnavailable } from '@connections/event-store/event-store';
import {
  AlreadyConnected,
  ConnectionNotFound,
  IllegalTransition,
  InvalidTerms,
  NoSuchEvent,
  NothingWritten,
  NotItsAuthor,
  NotPermitted,
  StaleRevision,
  WrittenInTheClear,
} from '@connections/connection/domain/connection.errors';
import { NotThen } from '@connections/connection/past';
import { WrongOrder } from '@connections/connection/queries/compare-connection';
import { TooManyToSort } from '@connections/connection/queries/list-connections';
import { QueueFull } from './fair-queue';
import { catalogue, type ProblemCode } from './problem-catalogue';

/** Which part of the request a problem is about. */
export type Source = { readonly pointer: string } | { readonly parameter: string } | { readonly header: string };

/** One problem with a request: the parts of an entry of `errors` that are not in the catalogue. */
export interface Problem {
  readonly code: ProblemCode;
  /** What was wrong, where, and what to do. */
  readonly details: string;
  readonly source?: Source;
  readonly meta?: JsonObject;
}

/** A refusal, with everything that was wrong. */
export class ProblemError extends Error {
  readonly problems: readonly Problem[];
  /** How long to wait before trying again, in seconds. */
  readonly retryAfter: number | undefined;
  constructor(problems: Problem | readonly Problem[], options: { retryAfter?: number; cause?: unknown } = {}) {
    const all = 'code' in problems ? [problems] : problems;
    super(all.map((problem) => problem.details).join(' '), { cause: options.cause });
    this.problems = all;
    this.retryAfter = options.retryAfter;
  }
}

export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

/** More would help nobody, and the size of an answer must not depend on what was sent. */
const MAXIMUM_PROBLEMS = 100;

/** The answer to a failed request. The only place where errors become HTTP. */
export function answerOf(error: unknown): ProblemAnswer {
  const { problems, retryAfter } = problemErrorOf(error);
  const status = Math.min(...problems.map(({ code }) => catalogue[code].status));
  const headers: Record<string, string> = {};
  if (retryAfter !== undefined) headers['retry-after'] = String(retryAfter);
  if (status === 401) headers['www-authenticate'] = 'Bearer';
  return { status, headers, body: { errors: problems.slice(0, MAXIMUM_PROBLEMS).map(entryOf) } };
}

/** Whether a client disconnected before the end of a stream, which is no fault. */
export const isLeaving = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';

const entryOf = ({ code, details, source, meta }: Problem): JsonObject => ({
  status: String(catalogue[code].status),
  code,
  title: STATUS_CODES[catalogue[code].status] ?? '',
  details,
  ...(source && { source: { ...source } }),
  ...(meta && { meta }),
});

function problemErrorOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof ConnectionNotFound) return new ProblemError({ code: 'not-found', details: error.message });
  if (error instanceof NotPermitted) {
    return new ProblemError({
      code: 'not-permitted',
      details: error.message,
      meta: { 'permitted-roles': [...error.roles], role: error.role },
    });
  }
  if (error instanceof NotItsAuthor) {
    return new ProblemError({
      code: 'not-permitted',
      details: error.message,
      meta: { 'permitted-roles': [error.author], role: error.role },
    });
  }
  if (error instanceof NoSuchEvent || error instanceof NothingWritten || error instanceof WrittenInTheClear) {
    return new ProblemError({ code: error.code, details: error.message, source: { parameter: 'revision' } });
  }
  if (error instanceof IllegalTransition) {
    return new ProblemError({
      code: 'illegal-transition',
      details: error.message,
      meta: { status: error.status, 'allowed-actions': [...error.allowedActions] },
    });
  }
  if (error instanceof AlreadyConnected) {
    return new ProblemError({
      code: 'already-connected',
      details: error.message,
      meta: {
        'connection-id': error.connectionId,
        status: error.status,
        'allowed-actions': [...error.allowedActions],
      },
    });
  }
  if (error instanceof StaleRevision) {
    return new ProblemError({
      code: 'stale-revision',
      details: error.message,
      source: { header: 'If-Match' },
      meta: { revision: error.revision, status: error.status },
    });
  }
  if (error instanceof InvalidTerms) {
    return new ProblemError(error.problems.map(termsProblem));
  }
  if (error instanceof NotThen) {
    const parameter = error.asked ?? ('asOf' in error.past ? 'as-of' : 'revision');
    return new ProblemError({ code: 'not-then', details: error.message, source: { parameter } });
  }
  if (error instanceof WrongOrder) {
    return new ProblemError({ code: 'invalid-parameter', details: error.message, source: { parameter: 'to' } });
  }
  if (error instanceof AlreadyMember) return new ProblemError({ code: 'already-member', details: error.message });
  if (error instanceof LastAdmin) return new ProblemError({ code: 'last-admin', details: error.message });
  if (error instanceof EmailTaken) {
    return new ProblemError({ code: 'account-exists', details: `${error.message} Sign in as that person.` });
  }
  if (error instanceof InvitationEnded) {
    return new ProblemError({ code: 'invitation-ended', details: error.message, meta: { state: error.state } });
  }
  if (error instanceof QueueFull) {
    const details = 'More people sign in now than can be looked at. Nothing was decided; try again.';
    return new ProblemError({ code: 'unavailable', details }, { retryAfter: 1 });
  }
  if (error instanceof TooManyToSort) {
    return new ProblemError({ code: 'too-many-to-sort', details: error.message, source: { parameter: 'sort' } });
  }
  if (error instanceof Overtaken) {
    const details = `${error.message} Try again to hear its answer.`;
    const source = { header: 'Idempotency-Key' };
    return new ProblemError({ code: 'request-in-flight', details, source }, { retryAfter: 1, cause: error });
  }
  if (error instanceof UnknownEvent) {
    const details =
      'This version of the service cannot read an event of the connection: a newer one wrote it, or it was changed. Nothing was answered; try again once a version serves that knows it.';
    return new ProblemError({ code: 'unavailable', details }, { retryAfter: 1, cause: error });
  }
  if (error instanceof StoreUnavailable) {
    const details = 'The service cannot reach or write its event store now. Nothing was answered; try again.';
    return new ProblemError({ code: 'unavailable', details }, { retryAfter: 1, cause: error });
  }
  if (error instanceof TreeBehind) {
    return new ProblemError({ code: 'unavailable', details: `${error.message} Try again.` }, { retryAfter: 1 });
  }
  if (error instanceof LogForked || error instanceof UnusableKeys) {
    const why = error instanceof LogForked ? 'the log is not the one that was signed' : 'it has no key to sign with';
    const details = `The service signs nothing now, nor proves what that would take, since ${why}. Whoever runs it is told; earlier checkpoints can be read.`;
    return new ProblemError({ code: 'unavailable', details }, { cause: error });
  }
  if (error instanceof DatabaseUnavailable || isDatabaseTrouble(error)) {
    const details = 'The service cannot reach or write its database now. Try again.';
    return new ProblemError({ code: 'unavailable', details }, { retryAfter: 1, cause: error });
  }
  // For Fastify's refusals, Nest's own error keeps only the status and the message.
  if (error instanceof HttpException) return frameworkProblem(error.getStatus(), error.message, error);
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') {
    return frameworkProblem(error.statusCode, error.message, error);
  }
  return new ProblemError({ code: 'internal', details: INTERNAL }, { cause: error });
}

const INTERNAL = 'Something went wrong on our side. It was logged under the Request-Id of this answer.';

/** Problems of a connection's terms, in the form of all other problems. */
export const termsProblem = (problem: InvalidTerms['problems'][number]): Problem => ({
  code: problem.code,
  details: problem.details,
  source: {
    pointer: `/data/attributes/${problem.attribute}${problem.index === undefined ? '' : `/${problem.index}`}`,
  },
});

/** What the frameworks refuse before any of our code runs. */
function frameworkProblem(status: number, message: string, cause: Error): ProblemError {
  switch (status) {
    case 404:
      return new ProblemError({ code: 'unknown-route', details: `${cut(message)}. See /docs for what there is.` });
    case 413:
      return new ProblemError({
        code: 'body-too-large',
        details: 'The body is larger than this service takes (256 KiB).',
      });
    case 415:
      return new ProblemError({
        code: 'unsupported-media-type',
        details: 'Send the body as application/json or application/vnd.api+json.',
        source: { header: 'Content-Type' },
      });
    default:
      return status < 500
        ? new ProblemError({ code: 'malformed-request', details: cut(message) })
        : new ProblemError({ code: 'internal', details: INTERNAL }, { cause });
  }
}

/** Such a message may quote the URL, and the size of an answer must not depend on what was sent. */
const cut = (message: string): string => (message.length > 200 ? `${message.slice(0, 200)}…` : message).toWellFormed();

const isDatabaseTrouble = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  /^SQLITE_(BUSY|FULL|IOERR|READONLY|CANTOPEN|CORRUPT)/.test(String(error.code));
