import { STATUS_CODES } from 'node:http';
import type { ExampleObject, ResponseObject } from '@nestjs/swagger';
import { catalogue, type ProblemCode } from '../http/problem-catalogue';
import { headersNamed, rateLimitHeaders, type ResponseHeaderName } from './headers';
import { inBothMediaTypes } from './media-types';

const codes = Object.keys(catalogue) as ProblemCode[];

/** A table of all error codes, for the document's description. */
export const catalogueTable = (): string =>
  [
    '| status | code | meaning |',
    '|---|---|---|',
    ...codes.map((code) => `| ${catalogue[code].status} | \`${code}\` | ${catalogue[code].meaning} |`),
  ].join('\n');

/** One example of an error answer for each code. */
export const problemExamples = (): Record<string, ExampleObject> =>
  Object.fromEntries(
    codes.map((code) => {
      const { status, meaning } = catalogue[code];
      const error = { status: String(status), code, title: STATUS_CODES[status], details: meaning };
      return [code, { summary: meaning, value: { errors: [error] } }];
    }),
  );

/** The error responses of an operation, by status, from the codes that it can return. */
export function problemResponses(
  carried: ReadonlySet<ProblemCode>,
  authenticated: boolean,
): [number, ResponseObject][] {
  const byStatus = Map.groupBy(
    codes.filter((code) => carried.has(code)),
    (code) => catalogue[code].status as number,
  );
  return [...byStatus].map(([status, own]) => [
    status,
    {
      description: own.map((code) => `- \`${code}\`: ${catalogue[code].meaning}`).join('\n'),
      headers: headersNamed(...headersOf(status, own, authenticated)),
      content: inBothMediaTypes({
        schema: { $ref: '#/components/schemas/Errors' },
        examples: Object.fromEntries(own.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
      }),
      'x-error-codes': own,
    },
  ]);
}

function headersOf(status: number, carried: readonly ProblemCode[], authenticated: boolean): ResponseHeaderName[] {
  const headers: ResponseHeaderName[] = ['Request-Id'];
  if (status === 401) headers.push('WWW-Authenticate');
  else if (authenticated) headers.push(...rateLimitHeaders);
  if (status === 429 || status === 503 || carried.includes('request-in-flight')) headers.push('Retry-After');
  return headers;
}
