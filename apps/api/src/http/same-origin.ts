import type { FastifyRequest } from 'fastify';
import { ProblemError } from './problems';

/** Methods that change nothing, so that it does no harm when another site's page makes a browser send them. */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A browser sends its cookies whoever's page made it send the request. So what changes something has to come from a page
 * of our own: browsers say so by Sec-Fetch-Site, and older ones by Origin.
 * @param publicUrl where people find the service, when that is set.
 * @throws ProblemError for a request of another origin, and for one that does not say where it comes from.
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
  // Where it is known how people find it, a page of that host without TLS may be anybody's on the way.
  return named.host === found?.host ? named.origin === found.origin : named.host === host?.toLowerCase();
}
