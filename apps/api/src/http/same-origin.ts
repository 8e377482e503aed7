import type { FastifyRequest } from 'fastify';
import { ProblemError } from './problems';

/** Methods that change nothing: it does no harm when another site's page makes a browser send them. */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses requests that a page of another site made a browser send, since the browser adds its cookies to them.
 * Browsers tell the origin in Sec-Fetch-Site, and older ones in Origin.
 * @param publicUrl the address of the service, if it is set.
 * @throws ProblemError for a request from another origin, and for one that does not tell its origin.
 */
export function refuseCrossSite({ method, headers }: FastifyRequest, publicUrl: string | undefined): void {
  if (SAFE.has(method)) return;
  const { 'sec-fetch-site': site, origin, host } = headers;
  const isOurs = site === undefined ? isOwnOrigin(origin, host, publicUrl) : site === 'same-origin';
  if (isOurs) return;
  throw new ProblemError({
    code: 'cross-site',
    details: 'What a person does comes from a page of this service: Sec-Fetch-Site or Origin has to say so.',
  });
}

function isOwnOrigin(origin: string | undefined, host: string | undefined, publicUrl: string | undefined): boolean {
  if (origin === undefined || !URL.canParse(origin)) return false;
  const named = new URL(origin);
  const found = publicUrl === undefined ? null : new URL(publicUrl);
  // If the public address is known, a page of that host without TLS is not trusted: it may have been forged on the way.
  return named.host === found?.host ? named.origin === found.origin : named.host === host?.toLowerCase();
}
