import type { ContentObject, OperationObject, PathsObject } from '@nestjs/swagger';
import { headersNamed, type ResponseHeaderName } from './headers';
import { problemResponses } from './problem-responses';

/** The routes of the documentation itself, which no controller serves. */
export const documentationPaths = (): PathsObject => ({
  '/openapi.json': {
    get: operation('readOpenApi', 'This document', {
      'application/json': { schema: { type: 'object', description: 'OpenAPI 3.1.' } },
    }),
  },
  '/docs': {
    get: operation('readDocumentation', 'This document as a page', { 'text/html': { schema: { type: 'string' } } }, [
      'Content-Security-Policy',
      'X-Content-Type-Options',
    ]),
  },
});

const operation = (
  operationId: string,
  summary: string,
  content: ContentObject,
  headers: readonly ResponseHeaderName[] = [],
): OperationObject => ({
  operationId,
  summary,
  tags: ['Operations'],
  security: [],
  responses: {
    200: {
      description: 'Generated from the code that answers.',
      headers: headersNamed('Request-Id', ...headers),
      content,
    },
    ...Object.fromEntries(problemResponses(new Set(['malformed-request', 'invalid-header', 'internal']), false)),
  },
});
