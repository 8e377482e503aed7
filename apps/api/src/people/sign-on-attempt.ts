import { createHmac, randomBytes } from 'node:crypto';

/** What has to fit together when somebody comes back from the provider. */
export interface SignOnAttempt {
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE: only its digest is told to the provider before. */
  readonly codeVerifier: string;
  /** A path of ours. */
  readonly returnTo: string;
}

/** So long somebody may be with the provider, in seconds. */
export const ATTEMPT_LASTS = 10 * 60;

/**
 * Begins an attempt. Everything in it follows from the cookie, which holds a secret of 256 random bits: so nothing is
 * kept here, whichever instance they come back to, and nobody without the cookie can make up any of it. Since the
 * provider gives the state back as it was, the cookie cannot be changed in between either.
 * @param now in milliseconds since 1970.
 */
export function beginAttempt(returnTo: string, now: number): { attempt: SignOnAttempt; cookie: string } {
  const secret = randomBytes(32).toString('base64url');
  const until = String(now + ATTEMPT_LASTS * 1_000);
  const cookie = [secret, until, Buffer.from(returnTo).toString('base64url')].join('.');
  return { attempt: attemptOf(secret, until, returnTo), cookie };
}

/** The attempt that a cookie belongs to; null where it is malformed, or too old. */
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
