import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import { pagePolicy } from './page-policy';

/** The folder of the built dashboard, relative to the built service. */
const BUILT = join(__dirname, '..', '..', 'apps', 'dashboard');

/** The single page of the dashboard; its content depends on the address. */
const PAGE = 'index.html';

/** The placeholder in the built page for the nonce of each answer; see apps/dashboard/vite.config.mts. */
const NONCE_PLACEHOLDER = '{{nonce}}';
const NONCE_BYTES = 16;

/** Addresses that never show a page: an unknown one among them gets the API's error. */
const NO_PAGES = /^\/(api|assets|docs|livez|readyz|metrics)(?![^/?])|^\/openapi\.json/;

/** Files below it are named after a hash of their content, so they never change. */
const ASSETS = join(BUILT, 'assets', '/');
const FOR_EVER = 'public, max-age=31536000, immutable';
const FOR_AN_HOUR = 'public, max-age=3600';

/** Serves the dashboard: its files by name, and its page at every other address, for requests that accept a page. */
export function serveDashboard(fastify: FastifyInstance): void {
  const pieces = readFileSync(join(BUILT, PAGE), 'utf8').split(NONCE_PLACEHOLDER);
  void fastify.register(fastifyStatic, {
    root: BUILT,
    index: false,
    wildcard: false,
    globIgnore: [PAGE],
    decorateReply: false,
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, path) => {
      void reply.header('cache-control', path.startsWith(ASSETS) ? FOR_EVER : FOR_AN_HOUR);
      void reply.header('x-content-type-options', 'nosniff');
    },
  });
  fastify.get('/*', (request, reply) => {
    if (!wantsPage(request)) {
      reply.callNotFound();
      return reply;
    }
    const nonce = randomBytes(NONCE_BYTES).toString('base64');
    return reply
      .headers({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'content-security-policy': pagePolicy(nonce),
        'cross-origin-opener-policy': 'same-origin',
        'referrer-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
      })
      .send(pieces.join(nonce));
  });
}

/** Browsers ask for a page explicitly; programs that accept anything get the error that they expect. */
const wantsPage = (request: FastifyRequest): boolean =>
  !NO_PAGES.test(request.url) &&
  (request.headers.accept?.includes('text/html') ?? false) &&
  new Negotiator(request).mediaType(['text/html']) !== undefined;
