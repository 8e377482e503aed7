import { type ConnectionsError, RateLimited, Unavailable, Unreachable } from './errors.js';

/** The upper bound of the wait before the first retry, in milliseconds; it doubles with each. */
const FIRST = 200;
/** The upper bound before any retry, in milliseconds. */
const LONGEST = 5_000;

/** Whether the same request may succeed later. */
export const mayPass = (error: ConnectionsError): boolean =>
  error instanceof Unreachable || error instanceof Unavailable || error instanceof RateLimited;

/**
 * How long to wait before a retry, in milliseconds: a random time up to a bound that doubles, so that many clients do
 * not come back at once, and in addition to the time that the service asked for.
 * @param retry counted from 1.
 * @param random from 0 to 1.
 */
export const waitBefore = (retry: number, { retryAfter }: ConnectionsError, random: number): number =>
  (retryAfter ?? 0) + random * Math.min(LONGEST, FIRST * 2 ** (retry - 1));
