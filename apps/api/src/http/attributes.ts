import { createParamDecorator, type ExecutionContext, type Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { toKebab } from './key-inflection';
import { type Problem, ProblemError } from './problems';
import { remembering } from './route-metadata';

/** The attributes of a body, and everything that is wrong with its shape. Invalid attributes are left out. */
export interface ReadBody<T> {
  readonly attributes: Partial<T>;
  readonly problems: readonly Problem[];
}

/** What a route expects in its body: the class of the attributes and the type of the resource. */
export interface BodyForm {
  readonly dto: Type<object>;
  readonly type: string;
  /** The most resources in `data`, if it may be a list. */
  readonly many?: number;
}

/** A body that holds one resource, or a list of them. */
export interface ReadBodies<T> {
  readonly isList: boolean;
  readonly bodies: readonly ReadBody<T>[];
}

/** The attributes of the body, validated by a class. @throws ProblemError listing everything that is wrong. */
export const Attributes = (form: BodyForm): ParameterDecorator =>
  remembering(
    BODY,
    form,
    createParamDecorator((_: unknown, context: ExecutionContext): object => {
      const { attributes, problems } = readBody(form.dto, form.type, bodyOf(context));
      if (problems.length > 0) throw new ProblemError(problems);
      return attributes;
    })(),
  );

/** The attributes and their problems, for a controller that adds problems of its own before it refuses. */
export const Body = (form: BodyForm): ParameterDecorator =>
  remembering(
    BODY,
    form,
    createParamDecorator((_: unknown, context: ExecutionContext): ReadBody<object> =>
      readBody(form.dto, form.type, bodyOf(context)),
    )(),
  );

/** The resources of a body that may hold a list of them, each with its own problems. */
export const Bodies = (form: BodyForm & { readonly many: number }): ParameterDecorator =>
  remembering(
    BODY,
    form,
    createParamDecorator((_: unknown, context: ExecutionContext): ReadBodies<object> =>
      readBodies(form, bodyOf(context)),
    )(),
  );

/** For routes without attributes, so that they refuse unknown ones as well. */
export class NoAttributes {}

const BODY = 'http:body';

/** What a route expects in its body; undefined if it reads none. */
export const bodyIn = (controller: object, method: string | symbol): BodyForm | undefined =>
  Reflect.getMetadata(BODY, controller, method) as BodyForm | undefined;

const bodyOf = (context: ExecutionContext): unknown => context.switchToHttp().getRequest<FastifyRequest>().body;

/** The most problems of a body that are reported. */
const MAXIMUM_PROBLEMS = 100;
/** No attribute has a longer name. */
const LONGEST_NAME = 100;

/**
 * Reads `{"data": {"type"?, "attributes": {…}}}`. Keys may be in kebab, camel or snake case. A missing body counts as
 * one without attributes.
 */
export function readBody<T extends object>(dto: Type<T>, type: string, body: unknown): ReadBody<T> {
  const problems: Problem[] = [];
  const given = body === undefined ? {} : attributesOf(dataOf(body, problems), type, '/data', problems);
  return readAttributes(dto, given, '/data', problems);
}

/** @throws ProblemError when the body holds no resources, or too many. */
export function readBodies<T extends object>(
  { dto, type, many }: { readonly dto: Type<T>; readonly type: string; readonly many: number },
  body: unknown,
): ReadBodies<T> {
  const problems: Problem[] = [];
  const data = isObject(body) ? body['data'] : undefined;
  const isList = Array.isArray(data);
  if (!isList) return { isList, bodies: [readBody(dto, type, body)] };
  refuseOthers(body as object, ['data'], '', problems);
  if (data.length === 0 || data.length > many) {
    const details = `"data" must be one resource, or a list of 1 to ${many}; it has ${data.length}.`;
    problems.push({ code: 'invalid-attribute', details, source: { pointer: '/data' } });
  }
  if (problems.length > 0) throw new ProblemError(problems);
  const bodies = data.map((resource: unknown, index) => {
    const pointer = `/data/${index}`;
    const found: Problem[] = [];
    return readAttributes(dto, attributesOf(resource, type, pointer, found), pointer, found);
  });
  return { isList, bodies };
}

/** @param problems what was found so far; new ones are added. */
function readAttributes<T extends object>(
  dto: Type<T>,
  given: object,
  resource: string,
  problems: Problem[],
): ReadBody<T> {
  const known = namesOf(dto);
  const plain: Record<string, unknown> = {};
  const structured: Record<string, unknown> = {};
  const pointers = new Map<string, string>();
  for (const [key, value] of Object.entries(given)) {
    // More would help nobody, and a body with thousands of problems would block the event loop.
    if (problems.length >= MAXIMUM_PROBLEMS) break;
    const name = key.length > LONGEST_NAME ? key : toKebab(key);
    const pointer = `${resource}/attributes/${escaped(key)}`;
    if (!known.has(name)) {
      problems.push({
        code: 'unknown-attribute',
        details: `${quoted(key)} is not an attribute here; there ${known.size === 0 ? 'are none' : `are ${[...known].join(', ')}`}.`,
        source: { pointer },
      });
    } else if (pointers.has(name)) {
      problems.push({ code: 'repeated-attribute', details: `${quoted(name)} is given twice.`, source: { pointer } });
    } else {
      (isStructured(value) ? structured : plain)[name] = value;
      pointers.set(name, pointer);
    }
  }
  const instance = plainToInstance(dto, plain, { exposeDefaultValues: true });
  // class-transformer takes a value's own "constructor" for a class, so objects are kept from it.
  Object.assign(instance, structured);
  const wrong = new Set<string>();
  for (const error of validateSync(instance, { forbidUnknownValues: false })) {
    problems.push(problemOf(error, pointers.get(error.property) ?? `${resource}/attributes/${error.property}`));
    wrong.add(error.property);
  }
  const attributes = Object.fromEntries(Object.entries(instance).filter(([name]) => !wrong.has(name)));
  return { attributes: attributes as Partial<T>, problems };
}

/** Adds a problem if the body has no usable `data`. */
function dataOf(body: unknown, problems: Problem[]): unknown {
  if (!isObject(body)) {
    problems.push(malformed('', 'The body must be an object: {"data": {"attributes": {…}}}.'));
    return {};
  }
  refuseOthers(body, ['data'], '', problems);
  return body['data'];
}

function attributesOf(data: unknown, type: string, resource: string, problems: Problem[]): object {
  if (!isObject(data)) {
    problems.push(malformed(resource, 'The body must hold an object "data": {"data": {"attributes": {…}}}.'));
    return {};
  }
  refuseOthers(data, ['type', 'attributes'], resource, problems);
  if (data['type'] !== undefined && data['type'] !== type) {
    const details = `The type of this resource is ${quoted(type)}; leave it out or say so.`;
    problems.push({ code: 'invalid-attribute', details, source: { pointer: `${resource}/type` } });
  }
  const { attributes } = data;
  if (attributes === undefined || isObject(attributes)) return attributes ?? {};
  problems.push(malformed(`${resource}/attributes`, '"attributes" must be an object.'));
  return {};
}

const malformed = (pointer: string, details: string): Problem => ({
  code: 'malformed-body',
  details,
  source: { pointer },
});

function refuseOthers(object: object, known: string[], pointer: string, problems: Problem[]): void {
  for (const key of Object.keys(object)) {
    if (known.includes(key)) continue;
    const details = `${quoted(key)} has no place here; there may be ${known.join(' and ')}.`;
    problems.push({ code: 'unknown-attribute', details, source: { pointer: `${pointer}/${escaped(key)}` } });
  }
}

function problemOf({ property, value, constraints }: ValidationError, pointer: string): Problem {
  const details = detailsOf(constraints);
  return value === undefined
    ? { code: 'missing-attribute', details: `${quoted(property)} is missing: ${details}`, source: { pointer } }
    : { code: 'invalid-attribute', details, source: { pointer } };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What a value violates, without repeating a message. A value that is no list also violates the rules of list items,
 * which are left out.
 */
export const detailsOf = (constraints: ValidationError['constraints']): string =>
  constraints?.['isArray'] ?? [...new Set(Object.values(constraints ?? {}))].join(' ');

/** Whether a value holds objects. No attribute of this API does, so such a value is always refused. */
const isStructured = (value: unknown): boolean =>
  isObject(value) || (Array.isArray(value) && value.some((item) => typeof item === 'object' && item !== null));

const names = new Map<unknown, ReadonlySet<string>>();

/** The properties of a class that class-validator knows. */
export function namesOf(dto: Type<object>): ReadonlySet<string> {
  const known = names.get(dto);
  if (known) return known;
  const metadata = getMetadataStorage().getTargetValidationMetadatas(dto, '', true, false);
  const found = new Set(metadata.map(({ propertyName }) => propertyName));
  names.set(dto, found);
  return found;
}

/** Long keys are cut off, so that the size of an answer does not depend on what was sent. */
const quoted = (key: string): string => JSON.stringify(key.length > 100 ? `${key.slice(0, 100)}…` : key.toWellFormed());

const escaped = (key: string): string => key.slice(0, 100).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1');
