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

/** A response, with its body read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The body of a success: a resource, or the resources of a page with links to the neighbouring pages. */
export interface Answered {
  readonly data: unknown;
  readonly links?: { readonly prev?: string | null; readonly next?: string | null };
}

/** The request that a response belongs to. */
interface Asked {
  readonly url: URL;
  readonly idempotencyKey: string | null;
}

/** Whether the data of a response is of the expected kind. */
export type Fits = (data: unknown) => boolean;

export const isResource: Fits = (data) => isObject(data) && isObject(data.attributes);

export const areResources: Fits = (data) => Array.isArray(data) && data.every(isResource);

/** One entry for each question; for a question that cannot be answered, its problems. */
export const areAnswersTo =
  (questions: readonly unknown[]): Fits =>
  (data) =>
    Array.isArray(data) &&
    data.length === questions.length &&
    data.every((answer) => isResource(answer) || problemsIn(answer).length > 0);

/** @throws ConnectionsError for every response that is not the expected success. */
export function answeredIn(answer: Answer, asked: Asked, fits: Fits): Answered {
  const body = parsed(answer.text);
  if (answer.status >= 200 && answer.status < 300 && isAnswered(body, fits)) return body;
  throw errorOf(answer, body, asked);
}

/** The error for a response that is not the requested file. */
export const refusalIn = (answer: Answer, asked: Asked): ConnectionsError =>
  errorOf(answer, parsed(answer.text), asked);

const byCode = new Map<ErrorCode, typeof ConnectionsError>([
  ['already-connected', AlreadyConnected],
  ['illegal-transition', IllegalTransition],
  ['request-in-flight', Unavailable],
  // The baseUrl is wrong, or the service is older: this says nothing about the resource, so it is no NotFound.
  ['unknown-route', ConnectionsError],
]);

type ByStatus = Partial<Record<number, typeof ConnectionsError>>;

/** What a status means, even when an intermediary sent it. */
const byAnyonesStatus: ByStatus = {
  429: RateLimited,
  502: Unavailable,
  503: Unavailable,
  504: Unavailable,
};

/** What a status means when the service itself describes the problem. */
const byStatus: ByStatus = {
  ...byAnyonesStatus,
  400: InvalidRequest,
  401: Unauthenticated,
  403: NotPermitted,
  404: NotFound,
  406: InvalidRequest,
  412: StaleRevision,
  413: InvalidRequest,
  415: InvalidRequest,
  422: InvalidRequest,
};

function errorOf({ status, headers }: Answer, body: unknown, { url, idempotencyKey }: Asked): ConnectionsError {
  const requestId = headers.get('request-id');
  const retryAfter = retryAfterOf(headers, Date.now());
  const errors = problemsIn(body);
  // Of problems with several statuses, the response has the lowest.
  const leading = errors.find((problem) => problem.status === String(status)) ?? errors[0];
  const code = leading?.code ?? 'unexpected-answer';
  const details =
    leading === undefined
      ? `${url.origin} answered ${status}${placeIn(headers)}, which is no answer of the service. Check baseUrl and what lies in between.`
      : errors.map((problem) => problem.details).join(' ');
  const meant = leading === undefined ? byAnyonesStatus[status] : (byCode.get(code) ?? byStatus[status]);
  const kind = meant ?? ConnectionsError;
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

const isAnswered = (body: unknown, fits: Fits): body is Answered => isObject(body) && fits(body.data);

/** Empty unless all entries have the service's form: an intermediary may send anything. */
const problemsIn = (body: unknown): readonly Problem[] =>
  isObject(body) && Array.isArray(body.errors) && body.errors.every(isProblem) ? body.errors : [];

const isProblem = (value: unknown): value is Problem =>
  isObject(value) && typeof value.code === 'string' && typeof value.details === 'string';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** The `Retry-After` header in milliseconds from now; null when it is absent or malformed. */
export function retryAfterOf(headers: Headers, now: number): number | null {
  const value = headers.get('retry-after');
  if (value === null) return null;
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  // Date.parse accepts almost anything, such as the `2, 2` of two merged headers.
  const moment = value.endsWith(' GMT') ? Date.parse(value) : Number.NaN;
  return Number.isNaN(moment) ? null : Math.max(0, moment - now);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
