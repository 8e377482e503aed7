export { UnusableEventStore } from '../event-store';

/**
 * What a failed call means. `not-sent`: nothing reached the server. `maybe-sent`: it may have been carried out.
 * `denied`: it will fail until somebody acts. `bug`: it would fail the same way again.
 */
export type Fault =
  | { readonly kind: 'conflict'; readonly actual: number }
  | { readonly kind: 'not-found' | 'deleted' | 'too-large' | 'not-sent' | 'bug' }
  /** `broken`: the connection is at fault, rather than the state or the role of the server. */
  | { readonly kind: 'maybe-sent'; readonly broken: boolean }
  | { readonly kind: 'denied'; readonly advice: string };

/** A refusal that the server sent as an answer and not as a failed call. */
export class RefusedAppend extends Error {
  constructor(
    readonly type: string,
    message: string,
    /** The revision of the stream when `type` is `wrong-expected-version`; `NO_STREAM` when it does not exist. */
    readonly actual?: number,
  ) {
    super(message);
  }
}

/** The server did not answer in time, by this process's clock. */
export class Silence extends Error {
  constructor(readonly milliseconds: number) {
    super(`no answer within ${milliseconds} ms`);
  }
}

/** The server ended a call before its answer was complete. */
export class EndedEarly extends Error {}

/** The gRPC status codes that are distinguished here. */
const enum Code {
  Cancelled = 1,
  Unknown = 2,
  InvalidArgument = 3,
  DeadlineExceeded = 4,
  NotFound = 5,
  PermissionDenied = 7,
  ResourceExhausted = 8,
  Aborted = 10,
  Unimplemented = 12,
  Internal = 13,
  Unavailable = 14,
  Unauthenticated = 16,
}

/**
 * Classifies an error. The client's errors come in several shapes: gRPC's own with a code and trailers, the client's
 * with a `type`, and bare ones from discovery. In all of them the server's name of the problem decides first, then the
 * code, then the message.
 */
export function faultOf(error: unknown): Fault {
  if (error instanceof Silence) return BROKEN;
  if (error instanceof EndedEarly) return MAYBE_SENT;
  if (!(error instanceof Error)) return { kind: 'bug' };
  return byType(typeOf(error), error) ?? byCode(codeOf(error), error.message);
}

const BROKEN: Fault = { kind: 'maybe-sent', broken: true };
const MAYBE_SENT: Fault = { kind: 'maybe-sent', broken: false };

function byType(type: string | undefined, error: Error): Fault | undefined {
  switch (type) {
    case 'wrong-expected-version':
      return error instanceof RefusedAppend && error.actual !== undefined
        ? { kind: 'conflict', actual: error.actual }
        : { kind: 'bug' };
    case 'stream-not-found':
      return { kind: 'not-found' };
    case 'stream-deleted':
      return { kind: 'deleted' };
    case 'maximum-append-size-exceeded':
      return { kind: 'too-large' };
    case 'invalid-argument':
      return { kind: 'bug' };
    case 'access-denied':
      return { kind: 'denied', advice: NO_RIGHTS };
    case 'not-leader':
    case 'timeout':
    case 'deadline-exceeded':
      return MAYBE_SENT;
    case 'unavailable':
    case 'cancelled':
      // The code and the message, if present, say more about these.
      return codeOf(error) === undefined ? BROKEN : undefined;
    default:
      return undefined;
  }
}

function byCode(code: number | undefined, message: string): Fault {
  const advice = ADVICE.find(([pattern]) => pattern.test(message))?.[1];
  switch (code) {
    case Code.Unauthenticated:
      return { kind: 'denied', advice: WRONG_CREDENTIALS };
    case Code.PermissionDenied:
      return { kind: 'denied', advice: NO_RIGHTS };
    case Code.Unimplemented:
      return { kind: 'denied', advice: NO_SUCH_CALL };
    case Code.NotFound:
      return { kind: 'not-found' };
    case Code.Unavailable:
    case undefined:
      if (advice !== undefined) return { kind: 'denied', advice };
      if (NEVER_LEFT.test(message)) return { kind: 'not-sent' };
      return code === undefined && !LOST.test(message) ? { kind: 'bug' } : BROKEN;
    case Code.Cancelled:
    case Code.Unknown:
    case Code.Internal:
      return BROKEN;
    case Code.DeadlineExceeded:
    case Code.ResourceExhausted:
    case Code.Aborted:
      return MAYBE_SENT;
    default:
      return { kind: 'bug' };
  }
}

const NEVER_LEFT =
  /No connection established|Name resolution failed|Failed to discover|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/;

const LOST =
  /ECONNRESET|EPIPE|ETIMEDOUT|socket hang up|write after end|channel has been shut down|Channel has been shut/i;

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/certificate has expired|CERT_HAS_EXPIRED/i, 'its certificate has expired: renew it on the server'],
  [
    /altnames|ERR_TLS_CERT_ALTNAME_INVALID/i,
    'its certificate is not for this host: use a host name in the URL that the certificate names',
  ],
  [
    /certificate|UNABLE_TO_VERIFY|SELF_SIGNED|issuer/i,
    "its certificate is not trusted: give the authority's certificate as tlsCAFile=<path> in the URL, or in NODE_EXTRA_CA_CERTS",
  ],
  [
    /wrong version number|packet length too long|EPROTO|SSL routines/i,
    'it does not speak TLS: put tls=false into the URL if that is meant',
  ],
];

const WRONG_CREDENTIALS =
  'it does not accept the credentials: check user and password in the URL (percent-encoded; they are sent over TLS alone)';
const NO_RIGHTS =
  'it does not grant the rights: the user in the URL must be able to read $all and to write our streams (without TLS no user is sent)';
const NO_SUCH_CALL = 'it does not know the call: the URL must lead to EventStoreDB or KurrentDB, version 22 or newer';

/** Whether the server, or a proxy in front of it, does not know this call. */
export const isUnknownCall = (error: unknown): boolean =>
  error instanceof Error && codeOf(error) === Code.Unimplemented;

function typeOf(error: Error): string | undefined {
  if ('type' in error && typeof error.type === 'string') return error.type;
  const trailers = 'metadata' in error ? (error.metadata as Trailers | undefined) : undefined;
  const exception = trailers?.get?.('exception')[0];
  return exception === undefined ? undefined : String(exception);
}

interface Trailers {
  readonly get?: (name: string) => readonly (string | Buffer)[];
}

const codeOf = (error: Error): number | undefined =>
  'code' in error && typeof error.code === 'number' ? error.code : undefined;

/** The error in one line, without what gRPC adds about itself. */
export function reasonOf(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
  if (/Last error: Failed to connect/.test(line)) return CLOSED_AT_ONCE;
  return line.replace(/ \(\d{4}-\d\d-\d\dT[^)]*\)/, '').replace(/\.? Resolution note: *$/, '');
}

const CLOSED_AT_ONCE =
  'it takes connections and closes them at once, as a server does that wants TLS (then put tls=true into the URL)';
