import { createParamDecorator, type ExecutionContext, type Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { detailsOf, namesOf } from './attributes';
import { toKebab } from './key-inflection';
import { type Problem, ProblemError } from './problems';
import { remembering } from './route-metadata';

/** The query of the URL, validated by a class whose properties have the parameters' names. */
export const Parameters = (dto: Type<object>): ParameterDecorator =>
  remembering(
    PARAMETERS,
    dto,
    createParamDecorator((_: unknown, context: ExecutionContext): object => {
      const { url, query } = context.switchToHttp().getRequest<FastifyRequest>();
      refuseBrokenEncoding(url);
      return readParameters(dto, query as Record<string, unknown>);
    })(),
  );

const PARAMETERS = 'http:parameters';

/** The class that validates a route's query; undefined if the route ignores its query. */
export const parametersIn = (controller: object, method: string | symbol): Type<object> | undefined =>
  Reflect.getMetadata(PARAMETERS, controller, method) as Type<object> | undefined;

/** For routes without parameters, so that they refuse unknown ones as well. */
export class NoParameters {}

/** @throws ProblemError listing everything that is wrong. */
function readParameters<T extends object>(dto: Type<T>, query: Readonly<Record<string, unknown>>): T {
  const known = namesOf(dto);
  const given = Object.entries(query);
  if (given.length === 0 && mayBeEmpty(dto)) return new dto();
  const problems: Problem[] = [];
  const plain: Record<string, unknown> = {};
  for (const [parameter, value] of given) {
    const name = nameOf(parameter);
    if (!known.has(name)) {
      const there = known.size === 0 ? 'are none' : `are ${[...known].join(', ')}`;
      const details = `${JSON.stringify(parameter.slice(0, 100))} is not a parameter here; there ${there}.`;
      problems.push({ code: 'unknown-parameter', details, source: { parameter: parameter.slice(0, 100) } });
    } else if (typeof value !== 'string' || name in plain) {
      problems.push({ code: 'invalid-parameter', details: `${name} is given twice.`, source: { parameter: name } });
    } else {
      plain[name] = value;
    }
  }
  const instance = plainToInstance(dto, plain, { exposeDefaultValues: true });
  for (const { property, constraints } of validateSync(instance, { forbidUnknownValues: false })) {
    const details = detailsOf(constraints);
    problems.push({ code: 'invalid-parameter', details, source: { parameter: property } });
  }
  if (problems.length > 0) throw new ProblemError(problems);
  return instance;
}

const emptyAllowed = new Map<Type<object>, boolean>();

/** Whether the class accepts an empty query; determined once for each class. */
function mayBeEmpty(dto: Type<object>): boolean {
  const known = emptyAllowed.get(dto);
  if (known !== undefined) return known;
  const found = validateSync(new dto(), { forbidUnknownValues: false }).length === 0;
  emptyAllowed.set(dto, found);
  return found;
}

/** Whether a query asks for a dry run, in any casing. */
export const isDryRun = (query: unknown): boolean =>
  Object.entries(query as object).some(([parameter, value]) => value === 'true' && nameOf(parameter) === 'dry-run');

/** `filter[createdAtStart]` and `filter[created_at_start]` are `filter[created-at-start]`. */
const nameOf = (parameter: string): string => {
  const [, outer, inner] = /^(\w[\w-]*)\[([\w-]+)\]$/.exec(parameter) ?? [];
  return outer === undefined || inner === undefined ? toKebab(parameter) : `${toKebab(outer)}[${toKebab(inner)}]`;
};

/** Fastify leaves an invalid percent-encoding as it is, so it would be searched for literally. */
function refuseBrokenEncoding(url: string): void {
  if (!url.includes('%')) return;
  try {
    decodeURIComponent(url);
  } catch {
    throw new ProblemError({ code: 'malformed-request', details: 'The URL holds a broken percent-encoding.' });
  }
}
