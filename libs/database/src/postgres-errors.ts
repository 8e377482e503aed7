import { DatabaseUnavailable, UnusableDatabase } from './unusable';

/**
 * SQLSTATEs of a server that cannot work now, whatever the statement (it is away, full, a standby, or too slow), and of
 * conflicts with other work.
 */
const UNAVAILABLE = /^(08|53|57|58|XX00[12]|25006|25P03|40001|40P01|55P03)/;

/** Node's codes for a connection that cannot be made or is lost. */
const NETWORK =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|ENOTFOUND|EAI_AGAIN|ENOENT|EACCES|EMFILE)$/;

/** The driver's messages for the same, which come without a code. */
const DRIVER =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client (has encountered|was closed))/;

/** Whether a connection that failed with this error is gone, or may still receive a late answer. */
export const isLost = (error: unknown): boolean =>
  NETWORK.test(codeOf(error)) || DRIVER.test(messageOf(error)) || /^(08|57P)/.test(codeOf(error));

/** Converts the error of a statement to the one that callers should see. */
export const explained = (error: unknown): unknown =>
  isLost(error) || UNAVAILABLE.test(codeOf(error)) ? unavailable(error) : error;

export const unavailable = (error: unknown): DatabaseUnavailable =>
  new DatabaseUnavailable(`The database cannot do its work now: ${messageOf(error)}`, { cause: error });

/** Reasons why a database cannot be opened: how each is recognised, what it is, what to do. The first match applies. */
const OBSTACLES: readonly (readonly [RegExp, what: string, todo: string])[] = [
  [
    /^28P01|^28000.*authentication failed|password must be/,
    'refuses the user or the password',
    'Correct them in DATABASE_URL',
  ],
  [/^3D000/, 'has no such database', 'Create it, or correct DATABASE_URL'],
  [
    /^28000/,
    'does not let this user in from here',
    'Let it in by pg_hba.conf, or set sslmode in DATABASE_URL as that asks for',
  ],
  [/does not support SSL/, 'offers no TLS', 'Let it offer TLS, or do not ask for it by sslmode in DATABASE_URL'],
  [
    /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|UNABLE_TO_|EPROTO)/,
    'has a certificate that is not accepted',
    'Name the certificate of its authority by sslrootcert in DATABASE_URL, and the host as the certificate does',
  ],
  [/^42501/, 'does not give the user the rights that are needed', 'Grant them'],
];

/**
 * Why a database cannot be opened, in one line.
 * @param place where it was looked for, without the password.
 * @returns DatabaseUnavailable when it may recover by itself, UnusableDatabase when somebody has to act.
 */
export function whyNotOpened(error: unknown, place: string): unknown {
  if (error instanceof UnusableDatabase) return error;
  const cause = error instanceof DatabaseUnavailable ? error.cause : error;
  const reason = `${codeOf(cause)} ${messageOf(cause)}`.trim();
  const [, what, todo] = OBSTACLES.find(([pattern]) => pattern.test(reason)) ?? [];
  if (what) return new UnusableDatabase(`PostgreSQL at ${place} ${what} (${reason}). ${todo}.`, { cause });
  if (!(error instanceof DatabaseUnavailable)) return error;
  const line = `PostgreSQL at ${place} cannot be reached or used now (${reason}). Start it, or correct DATABASE_URL.`;
  return new DatabaseUnavailable(line, { cause });
}

export function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : '';
}

/** If several addresses were tried, the outer error has no message. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
