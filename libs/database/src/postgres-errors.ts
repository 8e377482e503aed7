import { DatabaseUnavailable, UnusableDatabase } from './unusable';

/**
 * SQLSTATEs of a server that cannot do its work now, whatever it was asked: it is away, full, only a standby, or was
 * too slow about it; or of work that got in the way of other work.
 */
const UNAVAILABLE = /^(08|53|57|58|XX00[12]|25006|25P03|40001|40P01|55P03)/;

/** What Node says of a connection that cannot be made or is lost. */
const NETWORK =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|ENOTFOUND|EAI_AGAIN|ENOENT|EACCES|EMFILE)$/;

/** What the driver says of the same, without a code. */
const DRIVER =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client (has encountered|was closed))/;

/** Whether the connection that failed so may still have an answer under way, or is gone. */
export const isLost = (error: unknown): boolean =>
  NETWORK.test(codeOf(error)) || DRIVER.test(messageOf(error)) || /^(08|57P)/.test(codeOf(error));

/** An error of a statement, as those who asked for it should hear it. */
export const explained = (error: unknown): unknown =>
  isLost(error) || UNAVAILABLE.test(codeOf(error)) ? unavailable(error) : error;

export const unavailable = (error: unknown): DatabaseUnavailable =>
  new DatabaseUnavailable(`The database cannot do its work now: ${messageOf(error)}`, { cause: error });

/**
 * Why a database cannot be opened, in one line.
 * @param place where it was looked for, without the password.
 * @returns DatabaseUnavailable when it may come by itself, UnusableDatabase when somebody has to do something.
 */
export function whyNotOpened(error: unknown, place: string): unknown {
  if (error instanceof UnusableDatabase) return error;
  const reason = error instanceof DatabaseUnavailable ? error.cause : error;
  const [code, message] = [codeOf(reason), messageOf(reason)];
  const unusable = (text: string): UnusableDatabase => new UnusableDatabase(text, { cause: reason });
  const away = (text: string): DatabaseUnavailable => new DatabaseUnavailable(text, { cause: reason });
  if (
    code === '28P01' ||
    (code === '28000' && /authentication failed/.test(message)) ||
    /password must be/i.test(message)
  )
    return unusable(`PostgreSQL at ${place} refuses the user or the password (${message}). Correct DATABASE_URL.`);
  if (code === '3D000')
    return unusable(`PostgreSQL at ${place} has no such database (${message}). Create it, or correct DATABASE_URL.`);
  if (code === '28000')
    return unusable(
      `PostgreSQL at ${place} does not let this user in from here (${message}). See its pg_hba.conf, or set sslmode in DATABASE_URL.`,
    );
  if (/does not support SSL/.test(message))
    return unusable(`PostgreSQL at ${place} offers no TLS, which sslmode in DATABASE_URL asks for. Turn one of them.`);
  if (TLS.test(code) || /SSL connection/.test(message))
    return unusable(`The TLS certificate of PostgreSQL at ${place} is not accepted (${message}). Set sslrootcert.`);
  if (code === '42501')
    return unusable(`The user has not the rights that it needs on PostgreSQL at ${place} (${message}). Grant them.`);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return away(
      `The host of PostgreSQL at ${place} is not known (${code}). Correct DATABASE_URL, or the name service.`,
    );
  if (error instanceof DatabaseUnavailable || isLost(reason) || UNAVAILABLE.test(code))
    return away(
      `PostgreSQL at ${place} cannot be reached or used now (${message}). Start it, or correct DATABASE_URL.`,
    );
  return error;
}

const TLS = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|UNABLE_TO_|EPROTO)/;

export function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : '';
}

/** Where several addresses were tried, the error itself says nothing. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
