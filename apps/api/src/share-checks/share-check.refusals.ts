import type { SharingProblem } from '@connections/connection/queries/sharing-outcome';
import type { JsonObject } from '@connections/event-store/event-store';
import { answerOf, type Problem, ProblemError } from '../http/problems';

/** Problems that a check of several is told; all hundred of a hundred would come to megabytes. */
const MAXIMUM_PROBLEMS = 10;

/** What makes a question one that cannot be answered, in the form that every other problem has. */
export const problemsOf = (problems: readonly SharingProblem[], resource: string): Problem[] =>
  problems.map(({ code, attribute, index, details }) => ({
    code,
    details,
    source: { pointer: `${resource}/attributes/${attribute}${index === undefined ? '' : `/${index}`}` },
  }));

/**
 * What takes the place of an answer among others.
 * @throws ProblemError for a question by itself, which is refused as any request is.
 */
export function refused(problems: readonly Problem[], isList: boolean): JsonObject {
  if (!isList) throw new ProblemError(problems);
  return answerOf(new ProblemError(firstOf(problems))).body;
}

function firstOf(problems: readonly Problem[]): readonly Problem[] {
  const last = problems[MAXIMUM_PROBLEMS - 1];
  const left = problems.length - MAXIMUM_PROBLEMS;
  if (last === undefined || left <= 0) return problems;
  const more = left === 1 ? 'One more problem' : `${left} more problems`;
  const details = `${last.details} (${more} of this question not shown.)`;
  return [...problems.slice(0, MAXIMUM_PROBLEMS - 1), { ...last, details }];
}

/** Where in a body a question stands. */
export const resourceAt = (index: number, isList: boolean): string => (isList ? `/data/${index}` : '/data');
