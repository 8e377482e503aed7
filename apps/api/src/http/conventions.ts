import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { FastifyHttpOptions, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import type { Json } from '@connections/event-store/event-store';
import type { Configuration } from '@connections/host/configuration';
import { isKeyInflection, type KeyInflection, withKeys } from './key-inflection';
import { answerOf, ProblemError } from './problems';
import { readCookies } from './session-cookie';
import { timesSent } from './times-sent';
import { limitUnanswered } from './unanswered-requests';

export const JSON_TYPE = 'application/json';
const JSON_API_TYPE = 'application/vnd.api+json';
const JSON_FIRST = [JSON_TYPE, JSON_API_TYPE] as const;
const JSON_API_FIRST = [JSON_API_TYPE, JSON_TYPE] as const;

/** Larger bodies are refused before they are read completely. */
const BODY_LIMIT = 256 * 1024;

/** No meaningful body is nested deeper, and a deeper one would overflow the stack of recursive code. */
const MAXIMUM_DEPTH = 32;

/** A client that takes longer to send its request is disconnected, in milliseconds. */
const REQUEST_TIMEOUT = 30_000;

/** @param TRUSTED_PROXIES the proxies that are trusted to name the client's address. */
export const serverOptions = ({
  TRUSTED_PROXIES,
}: Pick<Configuration, 'TRUSTED_PROXIES'>): FastifyHttpOptions<Server> => ({
  trustProxy: TRUSTED_PROXIES,
  bodyLimit: BODY_LIMIT,
  requestTimeout: REQUEST_TIMEOUT,
  // Too long an id is then refused by the route that it was sent to, with a specific error.
  routerOptions: { maxParamLength: 16_384 },
  // Node.js would answer a request without a host with an empty 400; `refuseIndistinct` refuses it in our own form.
  http: { requireHostHeader: false },
  // On closing, requests under way are answered, and only idle connections are closed.
  forceCloseConnections: 'idle',
  // Requests that still arrive while closing are answered as usual; Fastify's own refusal has another form.
  return503OnClosing: false,
  genReqId: () => `req_${randomUUID()}`,
  // Fastify answers these before any of our hooks run.
  frameworkErrors: (error, request, reply) => {
    void reply.header('request-id', request.id);
    sendProblem(error, reply);
  },
  clientErrorHandler: (error, socket) => {
    if (socket.destroyed || !socket.writable) return;
    const tooLarge = error.code === 'HPE_HEADER_OVERFLOW';
    const tooSlow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
    const details = tooLarge
      ? 'The headers are larger than this service takes.'
      : tooSlow
        ? 'The request did not come whole in time.'
        : 'The request is not valid HTTP.';
    const body = JSON.stringify(answerOf(new ProblemError({ code: 'malformed-request', details })).body);
    socket.end(
      `HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nrequest-id: req_${randomUUID()}\r\nconnection: close\r\n\r\n${body}`,
      // The client may never close its side.
      () => socket.destroy(),
    );
  },
});

/** Set in the configuration of a route that recognises some bodies by their text. */
export interface ReadsText {
  /** The value to use as the body; null if it is to be parsed as usual. */
  readonly readText: (text: string, request: FastifyRequest) => object | null;
}

/** What all routes share below the framework: ids, media types, casing and JSON parsing. */
export function applyConventions(fastify: FastifyInstance): void {
  // Node.js would answer an unknown expectation with an empty 417.
  fastify.server.on('checkExpectation', (request, response) => fastify.server.emit('request', request, response));
  limitUnanswered(fastify);
  readCookies(fastify);
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('request-id', request.id);
    try {
      refuseIndistinct(request);
      negotiate(request);
      done();
    } catch (error) {
      sendProblem(error, reply);
    }
  });
  fastify.addHook('preSerialization', (request, reply, payload, done) => {
    const type = mediaTypeOf(request);
    if (type !== JSON_TYPE) void reply.type(type);
    done(null, inflected(request, payload as Json));
  });
  fastify.removeContentTypeParser([JSON_TYPE, 'text/plain']);
  const guarded = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser([JSON_TYPE, JSON_API_TYPE], { parseAs: 'buffer' }, (request, body, done) => {
    const bytes = body as Buffer;
    if (bytes.length === 0) {
      done(null, undefined);
      return;
    }
    if (!isUtf8(bytes)) {
      done(malformed('The body is not UTF-8 text.'), undefined);
      return;
    }
    const text = bytes.toString('utf8');
    const read = (request.routeOptions.config as Partial<ReadsText>).readText?.(text, request) ?? null;
    if (read !== null) {
      done(null, read);
      return;
    }
    return guarded(request, text, (error, value) => {
      // Besides broken JSON, Fastify's parser refuses "__proto__" and "constructor.prototype" members.
      if (error) {
        done(malformed('The body is not valid JSON, or holds a member that is not allowed.'), undefined);
        return;
      }
      if (isDeeperThan(MAXIMUM_DEPTH, value)) {
        done(malformed(`The body is nested more than ${MAXIMUM_DEPTH} levels deep.`), undefined);
        return;
      }
      done(null, value);
    });
  });
}

const malformed = (details: string): ProblemError => new ProblemError({ code: 'malformed-body', details });

/** The answer, with its keys in the casing that the request asks for. */
export function inflected(request: FastifyRequest, payload: Json): Json {
  const form = keyInflectionOf(request);
  return form === 'kebab' ? payload : withKeys(payload, form);
}

/** The casing of the keys in the answer to a request. */
export const keyInflectionOf = (request: FastifyRequest): KeyInflection => {
  const form = request.headers['key-inflection'];
  return typeof form === 'string' && isKeyInflection(form) ? form : 'kebab';
};

/** Routes whose answers have formats of their own: exports in the requested format, and the stream. */
const OWN_FORMS = ['/api/v1/audit/export', '/api/v1/connect/events/stream'];

/** The media type that Accept prefers; if it has no preference, the one that was sent. */
export function mediaTypeOf(request: FastifyRequest): typeof JSON_TYPE | typeof JSON_API_TYPE {
  const { accept, 'content-type': sent } = request.headers;
  const [kind, other] = sent?.startsWith(JSON_API_TYPE) ? JSON_API_FIRST : JSON_FIRST;
  if (accept === undefined || accept === '*/*' || accept === kind) return kind;
  return (new Negotiator(request).mediaType([kind, other]) as typeof kind | undefined) ?? JSON_TYPE;
}

/** Whether arrays and objects are nested more than this many levels deep. Looks no deeper than that. */
function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) {
    for (const member of value) if (isDeeperThan(levels - 1, member)) return true;
    return false;
  }
  for (const key in value) if (isDeeperThan(levels - 1, (value as Record<string, unknown>)[key])) return true;
  return false;
}

/** Refuses requests that proxies, Node.js and this service might interpret differently. */
function refuseIndistinct({ raw, headers }: FastifyRequest): void {
  const broken = (details: string, header: string): ProblemError =>
    new ProblemError({ code: 'malformed-request', details, source: { header } });
  if (headers.host === undefined && raw.httpVersion === '1.1') throw broken('The request names no host.', 'Host');
  if (timesSent(raw, 'host') > 1) throw broken('The request names more than one host.', 'Host');
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue') {
    throw broken('Nothing but 100-continue can be expected.', 'Expect');
  }
}

function negotiate(request: FastifyRequest): void {
  const { accept, 'key-inflection': form } = request.headers;
  if (form !== undefined && (typeof form !== 'string' || !isKeyInflection(form))) {
    throw new ProblemError({
      code: 'invalid-header',
      details: 'Key-Inflection must be kebab, camel or snake.',
      source: { header: 'Key-Inflection' },
    });
  }
  if (accept === undefined || accept === '*/*' || accept === JSON_TYPE) return;
  if (!request.url.startsWith('/api/') || OWN_FORMS.some((path) => request.url.startsWith(path))) return;
  if (new Negotiator(request).mediaTypes([JSON_TYPE, JSON_API_TYPE]).length > 0) return;
  throw new ProblemError({
    code: 'not-acceptable',
    details: `This is answered as ${JSON_TYPE} or ${JSON_API_TYPE}; Accept allows neither.`,
    source: { header: 'Accept' },
  });
}

/** Sends errors that never reach a controller in the usual form of errors. */
function sendProblem(error: unknown, reply: FastifyReply): void {
  const { status, headers, body } = answerOf(error);
  void reply.status(status).headers(headers).send(body);
}
