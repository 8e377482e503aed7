import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import {
  CheckSharing,
  isAnswer,
  type SharingOutcome,
  type SharingProblem,
  type SharingQuestion,
} from '@connections/connection/queries/check-sharing';
import type { Past } from '@connections/connection/past';
import type { JsonObject } from '@connections/event-store/event-store';
import { Bodies, type ReadBodies } from '../http/attributes';
import { Needs } from '../http/credentials.guard';
import { NoParameters, Parameters } from '../http/parameters';
import { answerOf, type Problem, ProblemError } from '../http/problems';
import type { AuthenticatedRequest } from '../http/request';
import { Documented } from '../openapi/documented';
import { checkSharing } from '../openapi/share-check-operations';
import { Decisions } from './decisions';
import { SHARE_CHECKS, shareCheckResourceOf } from './share-check.resource';
import { ShareCheckAttributes, wellFormed } from './share-checks.dto';

/** Checks in one call at most. */
const MAXIMUM_CHECKS = 100;
/** Problems that a check of several is told; all hundred of a hundred would come to megabytes. */
const MAXIMUM_PROBLEMS = 10;

type Asked = { readonly question: SharingQuestion } | { readonly problems: readonly Problem[] };

/** May this be shared, now? Asked before every share. */
@Controller('/api/v1/connect/share-checks')
export class ShareChecksController {
  constructor(
    private readonly queries: QueryBus,
    private readonly decisions: Decisions,
  ) {}

  @Documented(checkSharing)
  @Post()
  @HttpCode(200)
  @Needs('read')
  async check(
    @Req() request: AuthenticatedRequest,
    @Parameters(NoParameters) _: NoParameters,
    @Bodies({ dto: ShareCheckAttributes, type: SHARE_CHECKS, many: MAXIMUM_CHECKS }, wellFormed)
    { isList, bodies }: ReadBodies<ShareCheckAttributes>,
  ): Promise<JsonObject> {
    const now = new Date().toISOString();
    const resource = (index: number): string => (isList ? `/data/${index}` : '/data');
    const asked = bodies.map(({ attributes, problems }, index): Asked => {
      const found = [...problems, ...pastProblemsOf(attributes, now, resource(index))];
      return found.length > 0 ? { problems: found } : { question: questionOf(attributes as ShareCheckAttributes) };
    });
    const questions = asked.flatMap((one) => ('question' in one ? [one.question] : []));
    const { caller } = request;
    const outcomes = await this.queries.execute(new CheckSharing(questions, caller.organizationId));
    let answered = 0;
    const data = asked.map((one, index): JsonObject => {
      if ('problems' in one) return refused(one.problems, isList);
      const outcome = outcomes[answered] as SharingOutcome;
      answered += 1;
      if (!isAnswer(outcome)) return refused(problemsOf(outcome, resource(index)), isList);
      this.decisions.record(caller, request.id, one.question, outcome);
      return shareCheckResourceOf(one.question, outcome);
    });
    return { data: isList ? data : (data[0] as JsonObject) };
  }
}

const questionOf = (attributes: ShareCheckAttributes): SharingQuestion => ({
  sourceOrganizationId: attributes['source-organization-id'],
  destinationOrganizationId: attributes['destination-organization-id'],
  scopes: attributes.scopes,
  past: pastOf(attributes),
});

function pastOf({ 'as-of': asOf, revision }: ShareCheckAttributes): Past | null {
  if (typeof asOf === 'string') return { asOf };
  return typeof revision === 'number' ? { revision } : null;
}

function pastProblemsOf(
  { 'as-of': asOf, revision }: Partial<ShareCheckAttributes>,
  now: string,
  resource: string,
): Problem[] {
  const problem = (attribute: string, details: string): Problem => ({
    code: 'invalid-attribute',
    details,
    source: { pointer: `${resource}/attributes/${attribute}` },
  });
  if (typeof asOf !== 'string') return [];
  return [
    ...(asOf > now ? [problem('as-of', 'as-of lies in the future; nobody knows yet.')] : []),
    ...(typeof revision === 'number' ? [problem('revision', 'Give as-of or revision, not both.')] : []),
  ];
}

const problemsOf = (problems: readonly SharingProblem[], resource: string): Problem[] =>
  problems.map(({ code, attribute, index, details }) => ({
    code,
    details,
    source: { pointer: `${resource}/attributes/${attribute}${index === undefined ? '' : `/${index}`}` },
  }));

/** A question by itself is refused as any request is; one of several only takes its own place in the answer. */
function refused(problems: readonly Problem[], isList: boolean): JsonObject {
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
