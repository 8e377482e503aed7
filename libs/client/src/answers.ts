import {
  AlreadyConnected,
  ConnectionsError,
  type ErrorCode,
  IllegalTransition,
  InvalidRequest,
  NotFound,
  NotPermitted,
  RateLimited,
  StaleRevision,
  Unauthenticated,
  Unavailable,
} from './errors.js';
import type { Problem } from './types.js';

/** An answer with its body read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What was asked for: a resource, or the resources of a page with links to the pages beside it. */
export interface Answered {
  readonly data: unknown;
  readonly links?: { readonly prev?: string | null; readonly next?: string | null };
}

/** What an answer is the answer to. */
interface Asked {
  readonly url: URL;
  readonly idempotencyKey: string | null;
}

/** @throws ConnectionsError for every answer that is not what was asked for. */
export function answeredIn(answer: Answer, asked: Asked): Answered {
  const body = parsed(answer.text);
  if (answer.status >= 200 && answer.status < 300 && body !== null && 'data' in body) return body;
  throw errorOf(answer, body, asked);
}

/** What an answer says that is not the file that was asked for. */
export const refusalIn = (answer: Answer, asked: Asked): ConnectionsError =>
  errorOf(answer, parsed(answer.text), asked);

const byCode: Partial<Record<ErrorCode, typeof ConnectionsError>> = {
  'already-connected': AlreadyConnected,
  'illegal-transition': IllegalTransition,
  'request-in-flight': Unavailable,
};

const byStatus: Partial<Record<number, typeof ConnectionsError>> = {
  400: InvalidRequest,
  401: Unauthenticated,
  403: NotPermitted,
  404: NotFound,
  406: InvalidRequest,
  412: StaleRevision,
  413: InvalidRequest,
  415: InvalidRequest,
  422: InvalidRequest,
  429: RateLimited,
  502: Unavailable,
  503: Unavailable,
  504: Unavailable,
};

function errorOf({ status, headers }: Answer, body: object | null, { url, idempotencyKey }: Asked): ConnectionsError {
  const requestId = headers.get('request-id');
  const retryAfter = retryAfterOf(headers, Date.now());
  const errors = problemsIn(body);
  // Where problems of several statuses meet, the answer has the lowest.
  const leading = errors.find((problem) => problem.status === String(status)) ?? errors[0];
  const code = leading?.code ?? 'unexpected-answer';
  const details =
    leading === undefined
      ? `${url.origin} answered ${status}${placeIn(headers)}, which is no answer of the service. Check baseUrl and what lies in between.`
      : errors.map((problem) => problem.details).join(' ');
  const kind = byCode[code] ?? byStatus[status] ?? ConnectionsError;
  return new kind(requestId === null ? details : `${details} (${code}, ${requestId})`, {
    code,
    status,
    requestId,
    errors,
    retryAfter,
    idempotencyKey,
  });
}

const placeIn = (headers: Headers): string => {
  const place = headers.get('location');
  return place === null ? '' : ` with ${place}`;
};

const problemsIn = (body: object | null): Problem[] =>
  body !== null && 'errors' in body && Array.isArray(body.errors) ? (body.errors as Problem[]) : [];

/** What `Retry-After` asks for, in milliseconds from now; null when it asks for nothing that can be understood. */
export function retryAfterOf(headers: Headers, now: number): number | null {
  const value = headers.get('retry-after');
  if (value === null) return null;
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  const moment = Date.parse(value);
  return Number.isNaN(moment) ? null : Math.max(0, moment - now);
}

function parsed(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
