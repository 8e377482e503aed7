import { createParamDecorator, type ExecutionContext, type Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { detailsOf, namesOf } from './attributes';
import { toKebab } from './key-inflection';
import { type Problem, ProblemError } from './problems';
import { remembering } from './route-metadata';

/** The query of the URL, checked against a class whose properties are named as the parameters are. */
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

/** The class that a route checks its query against; undefined when it does not look at it. */
export const parametersIn = (controller: object, method: string | symbol): Type<object> | undefined =>
  Reflect.getMetadata(PARAMETERS, controller, method) as Type<object> | undefined;

/** For calls without parameters, so that they refuse unknown ones as well. */
export class NoParameters {}

/** @throws ProblemError naming everything that is wrong. */
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

/** Whether none of the parameters is needed; found out once for each class. */
function mayBeEmpty(dto: Type<object>): boolean {
  const known = emptyAllowed.get(dto);
  if (known !== undefined) return known;
  const found = validateSync(new dto(), { forbidUnknownValues: false }).length === 0;
  emptyAllowed.set(dto, found);
  return found;
}

/** Whether a query asks to decide and write nothing, in whichever casing. */
export const isDryRun = (query: unknown): boolean =>
  Object.entries(query as object).some(([parameter, value]) => value === 'true' && nameOf(parameter) === 'dry-run');

/** `filter[createdAtStart]` and `filter[created_at_start]` are `filter[created-at-start]`. */
const nameOf = (parameter: string): string => {
  const [, outer, inner] = /^(\w[\w-]*)\[([\w-]+)\]$/.exec(parameter) ?? [];
  return outer === undefined || inner === undefined ? toKebab(parameter) : `${toKebab(outer)}[${toKebab(inner)}]`;
};

/** Fastify leaves a percent-encoding that it cannot read as it is, which would be looked for as if it were meant. */
function refuseBrokenEncoding(url: string): void {
  if (!url.includes('%')) return;
  try {
    decodeURIComponent(url);
  } catch {
    throw new ProblemError({ code: 'malformed-request', details: 'The URL holds a broken percent-encoding.' });
  }
}
