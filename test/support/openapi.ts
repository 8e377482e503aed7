import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { Answer } from './client';

// The document is inspected as JSON, as any reader of it would.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

export interface DocumentedOperation {
  readonly method: string;
  readonly path: string;
  readonly operation: Json;
}

/** An OpenAPI document, to compare real answers with. */
export class OpenApi {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(readonly document: Json) {
    addFormats(this.#ajv);
    this.#ajv.addSchema({ $id: 'openapi', components: closed(document.components) });
  }

  get operations(): DocumentedOperation[] {
    return Object.entries<Json>(this.document.paths).flatMap(([path, item]) =>
      Object.entries<Json>(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
    );
  }

  operation(id: string): Json {
    const found = this.operations.find(({ operation }) => operation.operationId === id);
    if (!found) throw new Error(`There is no operation ${id}.`);
    return found.operation;
  }

  /** What differs between an answer and the document: undocumented or missing parts. Empty if they agree. */
  disagreements(operationId: string, answer: Answer): string[] {
    const operation = this.operation(operationId);
    const response = operation.responses[answer.status];
    if (!response) return [`${operationId} does not document the status ${answer.status}: ${answer.text}`];
    const [type = ''] = (answer.headers.get('content-type') ?? '').split(';');
    const media = response.content?.[type];
    if (!media) return [`${operationId} ${answer.status} does not document the media type ${type}`];
    return [
      ...(type.includes('json') ? this.#invalid(media.schema, answer.body) : []),
      ...this.#codes(operation, response, answer),
      ...this.#headers(response, answer),
    ].map((problem) => `${operationId} ${answer.status}: ${problem}`);
  }

  /** The violations of a schema of the document by a value. */
  #invalid(schema: Json, value: unknown): string[] {
    const key = JSON.stringify(schema);
    const validate = this.#validators.get(key) ?? this.#ajv.compile(absolute(closed(schema)));
    this.#validators.set(key, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      (error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
    );
  }

  #codes(operation: Json, response: Json, answer: Answer): string[] {
    if (answer.body?.errors === undefined) return [];
    const codes: string[] = answer.body.errors.map((error: Json) => error.code);
    const everywhere = new Set(
      Object.values<Json>(operation.responses).flatMap((other) => other['x-error-codes'] ?? []),
    );
    const undocumented = codes
      .filter((code) => !everywhere.has(code))
      .map((code) => `the code ${code} is not documented`);
    // The status is the lowest of all problems, so at least one of them has this status.
    const here = codes.some((code) => response['x-error-codes'].includes(code));
    return here ? undocumented : [...undocumented, `none of ${codes.join()} is documented for this status`];
  }

  #headers(response: Json, answer: Answer): string[] {
    const documented = Object.entries<Json>(response.headers ?? {}).map(([name, { $ref }]) => ({
      name: name.toLowerCase(),
      ...this.document.components.headers[$ref.split('/').at(-1)],
    }));
    const problems = documented.flatMap(({ name, required, schema }) => {
      const text = answer.headers.get(name);
      if (text === null) return required ? [`the header ${name} is missing`] : [];
      return this.#invalid(schema, schema.type === 'integer' ? Number(text) : text).map(
        (why) => `header ${name} ${why}`,
      );
    });
    const known = new Set(documented.map(({ name }) => name));
    const ours = [...answer.headers.keys()].filter((name) => !ofHttp.has(name) && !known.has(name));
    return [...problems, ...ours.map((name) => `the header ${name} is not documented`)];
  }
}

/** Headers of HTTP itself, which no document describes. */
const ofHttp = new Set([
  'content-type',
  'content-length',
  'date',
  'connection',
  'keep-alive',
  'accept-ranges',
  'cache-control',
  'last-modified',
]);

/** A schema whose objects allow no undocumented members. */
function closed(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inside = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return schema.type === 'object' && schema.properties && schema.additionalProperties === undefined
    ? { ...inside, additionalProperties: false }
    : inside;
}

/** A schema with its references resolved in the document that is registered as `openapi`. */
function absolute(schema: Json): Json {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/'));
}
