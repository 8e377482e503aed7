import { applyDecorators, type Type } from '@nestjs/common';
import { GUARDS_METADATA, INTERCEPTORS_METADATA } from '@nestjs/common/constants.js';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
  ApiSecurity,
  type ContentObject,
  type ExampleObject,
  type SchemaObject,
} from '@nestjs/swagger';
import { permissions, roles } from '@connections/directory/roles';
import { bodyIn, type BodyForm } from '../http/attributes';
import { type Access, accessOf } from '../http/credentials.guard';
import { Freshness } from '../http/freshness';
import { IdempotencyInterceptor } from '../http/idempotency.interceptor';
import { parametersIn } from '../http/parameters';
import type { ProblemCode } from '../http/problem-catalogue';
import { bodySchemaOf, propertiesOf } from './dto-schema';
import {
  headersNamed,
  rateLimitHeaders,
  type RequestHeaderName,
  requestHeaders,
  type ResponseHeaderName,
} from './headers';
import { inBothMediaTypes, mediaTypes } from './media-types';
import { problemResponses } from './problem-responses';

/** What to document about a route beyond what its decorators express. */
export interface Operation {
  /** The name of the method in generated clients. */
  readonly id: string;
  readonly tag: 'Connections' | 'Directory' | 'People' | 'Audit' | 'Operations';
  readonly summary: string;
  readonly description?: string;
  /** The schema of `{id}` in the path. */
  readonly pathId?: SchemaObject;
  /** The schema of `{revision}` in the path. */
  readonly pathRevision?: SchemaObject;
  /** Headers that only this route reads. */
  readonly headers?: readonly RequestHeaderName[];
  /** Examples of the body. */
  readonly requests?: Readonly<Record<string, ExampleObject>>;
  readonly answers: readonly Answer[];
  /** Error codes of this route alone; those of conventions follow from the route's decorators. */
  readonly errors?: readonly ProblemCode[];
}

/** A success response of a route. */
interface Answer {
  readonly status: number;
  readonly description: string;
  /** The name of a schema of the document, in both media types; or the whole content. */
  readonly content: string | ContentObject;
  readonly headers?: readonly ResponseHeaderName[];
  readonly examples?: Readonly<Record<string, ExampleObject>>;
}

/** Errors that any request can cause. */
const ALWAYS: readonly ProblemCode[] = ['malformed-request', 'invalid-header', 'internal'];

/**
 * Documents a route. It has to be above the route's other decorators, because it reads them: who may call, what body
 * and query contain, and which conventions apply. Headers and error codes follow from those.
 */
export const Documented =
  (operation: Operation): MethodDecorator =>
  (target, key, descriptor) => {
    const route = routeOf(target, key, descriptor.value as object);
    const { query, body, access, fresh, idempotent } = route;
    const authenticated = access?.by === 'credential' || access?.by === 'person';
    applyDecorators(
      ApiOperation({
        operationId: operation.id,
        tags: [operation.tag],
        summary: operation.summary,
        description: [operation.description, callersText(access)].filter((text) => text !== undefined).join('\n\n'),
        ...(!authenticated && { security: [] }),
      }),
      ...(access?.by === 'credential' ? [ApiBearerAuth('api-key')] : []),
      ...(authenticated ? [ApiSecurity('session')] : []),
      ...(operation.pathId ? [ApiParam({ name: 'id', schema: operation.pathId })] : []),
      ...(operation.pathRevision ? [ApiParam({ name: 'revision', schema: operation.pathRevision })] : []),
      ...query.map(({ name, description, required, schema }) => ApiQuery({ name, description, required, schema })),
      ...headersOf(operation, route).map((name) => ApiHeader({ name, required: false, ...requestHeaders[name] })),
      ...(body
        ? [
            ApiConsumes(...mediaTypes),
            ApiBody({
              schema: bodySchemaOf(body),
              required: propertiesOf(body.dto).some(({ required }) => required),
              examples: { ...operation.requests },
            }),
          ]
        : []),
      ...operation.answers.map((answer) => success(answer, { authenticated, idempotent })),
      ...problemResponses(codesOf(operation, { ...route, fresh }), authenticated).map(([status, response]) =>
        ApiResponse({ status, ...response }),
      ),
    )(target, key, descriptor);
  };

interface Route {
  /** Undefined if the route is open. */
  readonly access: Access | undefined;
  readonly body: BodyForm | undefined;
  /** Undefined if the query is ignored. */
  readonly parameters: Type<object> | undefined;
  readonly query: ReturnType<typeof propertiesOf>;
  readonly fresh: boolean;
  readonly idempotent: boolean;
}

function routeOf(target: object, key: string | symbol, handler: object): Route {
  const used = (metadata: string): unknown[] => (Reflect.getMetadata(metadata, handler) ?? []) as unknown[];
  const waits = (guard: unknown): boolean =>
    guard === Freshness || (guard as { readonly prototype?: unknown }).prototype instanceof Freshness;
  const parameters = parametersIn(target, key);
  return {
    access: accessOf(handler),
    body: bodyIn(target, key),
    parameters,
    query: parameters ? propertiesOf(parameters) : [],
    fresh: used(GUARDS_METADATA).some(waits),
    idempotent: used(INTERCEPTORS_METADATA).includes(IdempotencyInterceptor),
  };
}

const headersOf = (operation: Operation, { access, fresh, idempotent }: Route): RequestHeaderName[] => [
  ...(access?.by === 'credential' ? (['Connect-Organization'] as const) : []),
  ...(access?.by === 'credential' || access?.by === 'person'
    ? (['Connect-Person', 'Connect-Unattended'] as const)
    : []),
  ...(idempotent ? (['Idempotency-Key'] as const) : []),
  ...(operation.headers ?? []),
  ...(fresh ? (['Connect-Position'] as const) : []),
  ...(access === undefined ? [] : (['Key-Inflection', 'Request-Id', 'traceparent'] as const)),
];

function codesOf(
  operation: Operation,
  { access, body, parameters, query, fresh, idempotent }: Route,
): Set<ProblemCode> {
  const codes = new Set<ProblemCode>([...ALWAYS, ...(operation.errors ?? [])]);
  const add = (...more: ProblemCode[]): void => more.forEach((code) => codes.add(code));
  if (access !== undefined) add('not-acceptable', 'unavailable');
  if (access !== undefined && body !== undefined) add('cross-site');
  if (access?.by === 'credential' || access?.by === 'person') add('unauthenticated', 'another-person', 'rate-limited');
  // The organization that a person names may be one that they do not belong to.
  if (access?.by === 'credential') add('not-found');
  if (access?.by === 'credential' && permissions[access.permission].length < roles.length) add('not-permitted');
  if (parameters !== undefined) add('unknown-parameter');
  if (query.length > 0) add('invalid-parameter');
  if (query.some(({ name }) => name === 'page[after]')) add('invalid-cursor');
  if (body !== undefined) {
    const attributes = propertiesOf(body.dto);
    add('malformed-body', 'unknown-attribute', 'invalid-attribute', 'body-too-large', 'unsupported-media-type');
    if (attributes.length > 0) add('repeated-attribute');
    if (attributes.some(({ required }) => required)) add('missing-attribute');
  }
  if (idempotent) add('idempotency-mismatch', 'request-in-flight');
  if (fresh) add('not-yet-visible');
  return codes;
}

function success(
  { status, description, content, headers = [], examples = {} }: Answer,
  { authenticated, idempotent }: { authenticated: boolean; idempotent: boolean },
): MethodDecorator {
  const names: ResponseHeaderName[] = ['Request-Id', ...headers];
  if (idempotent) names.push('Idempotent-Replayed');
  if (authenticated) names.push(...rateLimitHeaders);
  return ApiResponse({
    status,
    description,
    headers: headersNamed(...names),
    content:
      typeof content === 'string'
        ? inBothMediaTypes({ schema: { $ref: `#/components/schemas/${content}` }, examples: { ...examples } })
        : content,
  });
}

function callersText(access: Access | undefined): string | undefined {
  if (access?.by === 'person') return 'For a person who is signed in.';
  if (access?.by !== 'credential') return undefined;
  return `Roles: ${permissions[access.permission].map((role) => `\`${role}\``).join(', ')}.`;
}
