import type { SharingProblem } from '@connections/connection/queries/sharing-outcome';
import type { JsonObject } from '@connections/event-store/event-store';
import { answerOf, type Problem, ProblemError } from '../http/problems';

/** The most problems that are reported for one of several checks; a hundred for each of a hundred are megabytes. */
const MAXIMUM_PROBLEMS = 10;

/** Why a question cannot be answered, in the form of all other problems. */
export const problemsOf = (problems: readonly SharingProblem[], resource: string): Problem[] =>
  problems.map(({ code, attribute, index, details }) => ({
    code,
    details,
    source: { pointer: `${resource}/attributes/${attribute}${index === undefined ? '' : `/${index}`}` },
  }));

/**
 * The entry that replaces the answer of a question in a list.
 * @throws ProblemError for a single question, which is refused like any request.
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

/** The JSON pointer of a question in the body. */
export const resourceAt = (index: number, isList: boolean): string => (isList ? `/data/${index}` : '/data');
