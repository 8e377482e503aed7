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

/** Whether the data of an answer is what was asked for. */
export type Fits = (data: unknown) => boolean;

export const isResource: Fits = (data) => isObject(data) && isObject(data.attributes);

export const areResources: Fits = (data) => Array.isArray(data) && data.every(isResource);

/** As many resources as there were questions; in the place of those that cannot be answered are problems. */
export const areAnswersTo =
  (questions: readonly unknown[]): Fits =>
  (data) =>
    Array.isArray(data) &&
    data.length === questions.length &&
    data.every((answer) => isResource(answer) || problemsIn(answer).length > 0);

/** @throws ConnectionsError for every answer that is not what was asked for. */
export function answeredIn(answer: Answer, asked: Asked, fits: Fits): Answered {
  const body = parsed(answer.text);
  if (answer.status >= 200 && answer.status < 300 && isAnswered(body, fits)) return body;
  throw errorOf(answer, body, asked);
}

/** What an answer says that is not the file that was asked for. */
export const refusalIn = (answer: Answer, asked: Asked): ConnectionsError =>
  errorOf(answer, parsed(answer.text), asked);

const byCode = new Map<ErrorCode, typeof ConnectionsError>([
  ['already-connected', AlreadyConnected],
  ['illegal-transition', IllegalTransition],
  ['request-in-flight', Unavailable],
  // It is baseUrl that is wrong, or the service is older: of what was asked for this says nothing.
  ['unknown-route', ConnectionsError],
]);

type ByStatus = Partial<Record<number, typeof ConnectionsError>>;

/** What a status means, whoever lies in between and answers with it. */
const byAnyonesStatus: ByStatus = {
  429: RateLimited,
  502: Unavailable,
  503: Unavailable,
  504: Unavailable,
};

/** What a status means where the service itself says what was wrong. */
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
  // Where problems of several statuses meet, the answer has the lowest.
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

/** None unless all of them are as the service tells them: whoever lies in between may answer anything. */
const problemsIn = (body: unknown): readonly Problem[] =>
  isObject(body) && Array.isArray(body.errors) && body.errors.every(isProblem) ? body.errors : [];

const isProblem = (value: unknown): value is Problem =>
  isObject(value) && typeof value.code === 'string' && typeof value.details === 'string';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** What `Retry-After` asks for, in milliseconds from now; null when it asks for nothing that can be understood. */
export function retryAfterOf(headers: Headers, now: number): number | null {
  const value = headers.get('retry-after');
  if (value === null) return null;
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  // Date.parse finds a date in almost anything, as in the `2, 2` of two such headers.
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
