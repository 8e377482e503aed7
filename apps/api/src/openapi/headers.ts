import { ORGANIZATION_ID, PERSON_ID } from '@connections/directory/identifiers';
import { CORRELATION_ID } from '../http/request';
import type { HeaderObject, SchemaObject } from '@nestjs/swagger';

interface RequestHeader {
  readonly description: string;
  readonly schema: SchemaObject;
}

/** Request headers; `Authorization`, `Accept` and `Content-Type` are described elsewhere in the document. */
export const requestHeaders = {
  'Key-Inflection': {
    description: 'The casing of the keys of the answer.',
    schema: { type: 'string', enum: ['kebab', 'camel', 'snake'], default: 'kebab' },
  },
  'Request-Id': {
    description:
      'Your own id of what you are doing. It is kept with what is written as `correlation-id`, unless it has another form than this; the answer carries an id of ours.',
    schema: { type: 'string', maxLength: 255, pattern: CORRELATION_ID.source, examples: ['order-4711'] },
  },
  traceparent: {
    description: 'W3C Trace Context. Without a Request-Id, its trace id is kept as `correlation-id`.',
    schema: { type: 'string', examples: ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'] },
  },
  'Connect-Organization': {
    description:
      'For which of their organizations a person speaks. It may be left out by a person who belongs to one, and says nothing for an API key.',
    schema: { type: 'string', pattern: ORGANIZATION_ID.source, examples: ['org_ABC123'] },
  },
  'Connect-Person': {
    description:
      'Whom the page that asks is shown to. Where somebody else is signed in by now, as in another window of the same browser, the request is refused. It may be left out, and says nothing for an API key.',
    schema: { type: 'string', pattern: PERSON_ID.source, examples: ['usr_ABC123'] },
  },
  'Connect-Unattended': {
    description:
      'Nobody is at the page that asks: the request does not keep the session from idling away. It says nothing for an API key.',
    schema: { type: 'string', enum: ['true'] },
  },
  'Idempotency-Key': {
    description:
      'Makes a retry safe: within 24 hours the same request with the same key takes effect once and hears the first answer again. The key belongs to your organization.',
    schema: {
      type: 'string',
      minLength: 1,
      maxLength: 255,
      pattern: '^[\\x20-\\x7e]+$',
      examples: ['create-partner-1'],
    },
  },
  'If-Match': {
    description:
      'The ETag that you decided upon. When the connection has moved on since, nothing is written and the answer is 412.',
    schema: { type: 'string', examples: ['"0"'] },
  },
  Range: {
    description: 'Only `bytes=<n>-` is understood: the rest of what was broken off. Anything else is passed over.',
    schema: { type: 'string', examples: ['bytes=1048576-'] },
  },
  'If-Range': {
    description: 'The ETag of what was broken off. When it is another by now, the answer is the whole.',
    schema: { type: 'string' },
  },
  'Last-Event-ID': {
    description:
      'The id of the last message that you have seen, or a cursor of the feed: the stream goes on behind it. Clients for server-sent events send it by themselves when they come back.',
    schema: { type: 'string', examples: ['Y29ubmVjdC9ldmVudHM6MDAwMDAwMDAwMDAwMDAwMQ'] },
  },
  'Connect-Position': {
    description:
      'A Connect-Position that an answer carried: this answer then shows at least everything that was written up to it, or is 503.',
    schema: { type: 'string', pattern: '^[0-9]{1,64}$', examples: ['0000000000000042'] },
  },
} as const satisfies Record<string, RequestHeader>;

export type RequestHeaderName = keyof typeof requestHeaders;

/** Response headers. */
export const responseHeaders = {
  'Request-Id': {
    description: 'Our id of the request. Quote it when you ask about an answer.',
    required: true,
    schema: { type: 'string', pattern: '^req_' },
  },
  ETag: {
    description: 'Of a connection its revision, for If-Match; of an export what makes two the same, for If-Range.',
    schema: { type: 'string', examples: ['"0"'] },
  },
  'Accept-Ranges': { description: 'A Range is understood.', schema: { type: 'string', enum: ['bytes'] } },
  'Content-Range': {
    description: 'Which bytes these are, and of how many.',
    schema: { type: 'string', examples: ['bytes 1048576-2097151/2097152'] },
  },
  Location: { description: 'Where the created resource is found, or where to go on.', schema: { type: 'string' } },
  'Connect-Position': {
    description: 'Send it with a read that must show what was written here. Absent when nothing was written.',
    schema: { type: 'string', pattern: '^[0-9]{1,64}$' },
  },
  'Idempotent-Replayed': {
    description: 'Present when this is the first answer again, repeated for a known Idempotency-Key.',
    schema: { type: 'string', enum: ['true'] },
  },
  'RateLimit-Limit': {
    description: 'What this key or person may ask in a minute. On every answer to a valid credential.',
    schema: { type: 'integer', minimum: 1 },
  },
  'RateLimit-Remaining': {
    description: 'What is left of it. On every answer to a valid credential.',
    schema: { type: 'integer', minimum: 0 },
  },
  'RateLimit-Reset': {
    description: 'Seconds until all of it is there again. On every answer to a valid credential.',
    schema: { type: 'integer', minimum: 0 },
  },
  'Set-Cookie': {
    description: 'The session, `__Host-session`, for the browser to keep, or that it is to keep it no more.',
    schema: { type: 'string', pattern: '^__Host-(session|sign-on)=' },
  },
  'Retry-After': {
    description: 'Seconds after which trying again makes sense.',
    schema: { type: 'integer', minimum: 0 },
  },
  'Content-Security-Policy': { description: 'What the page may load and do.', schema: { type: 'string' } },
  'X-Content-Type-Options': {
    description: 'It is what its Content-Type says.',
    schema: { type: 'string', enum: ['nosniff'] },
  },
  'WWW-Authenticate': { description: 'The scheme to use.', schema: { type: 'string', enum: ['Bearer'] } },
} as const satisfies Record<string, HeaderObject>;

export type ResponseHeaderName = keyof typeof responseHeaders;

/** References to response headers, in the form used by responses. */
export const headersNamed = (...names: readonly ResponseHeaderName[]): Record<string, { $ref: string }> =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

export const rateLimitHeaders = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'] as const;
