import { createHmac, randomBytes } from 'node:crypto';

/** The values that have to match when somebody comes back from the provider. */
export interface SignOnAttempt {
  readonly state: string;
  readonly nonce: string;
  /** The PKCE verifier: at first, the provider is only told its digest. */
  readonly codeVerifier: string;
  /** A path of this service. */
  readonly returnTo: string;
}

/** How long somebody may stay at the provider, in seconds. */
export const ATTEMPT_LASTS = 10 * 60;

/**
 * Begins an attempt. All its values are derived from the cookie, which holds a secret of 256 random bits. So no state
 * is kept here, any instance can complete the attempt, and nobody can forge the values without the cookie. Since the
 * provider returns the state unchanged, the cookie cannot be altered in between either.
 * @param now in milliseconds since 1970.
 */
export function beginAttempt(returnTo: string, now: number): { attempt: SignOnAttempt; cookie: string } {
  const secret = randomBytes(32).toString('base64url');
  const until = String(now + ATTEMPT_LASTS * 1_000);
  const cookie = [secret, until, Buffer.from(returnTo).toString('base64url')].join('.');
  return { attempt: attemptOf(secret, until, returnTo), cookie };
}

/** The attempt of a cookie; null if the cookie is malformed, or too old. */
export function attemptIn(cookie: string, now: number): SignOnAttempt | null {
  const [, secret, until, path] = /^([\w-]{43})\.(\d{1,15})\.([\w-]{1,4000})$/.exec(cookie) ?? [];
  if (secret === undefined || until === undefined || path === undefined || Number(until) <= now) return null;
  return attemptOf(secret, until, Buffer.from(path, 'base64url').toString());
}

function attemptOf(secret: string, until: string, returnTo: string): SignOnAttempt {
  const derived = (purpose: string): string =>
    createHmac('sha256', secret)
      .update(JSON.stringify([purpose, until, returnTo]))
      .digest('base64url');
  return { state: derived('state'), nonce: derived('nonce'), codeVerifier: derived('code verifier'), returnTo };
}
