import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { CheckSharing } from '@connections/connection/queries/check-sharing';
import { isAnswer, type SharingOutcome, type SharingQuestion } from '@connections/connection/queries/sharing-outcome';
import type { Past } from '@connections/connection/past';
import type { Caller } from '@connections/directory/roles';
import type { JsonObject } from '@connections/event-store/event-store';
import { AccessRecorder, allOf, type Part } from '../audit/access-recorder';
import { Bodies, type ReadBodies } from '../http/attributes';
import { Needs } from '../http/credentials.guard';
import { NoParameters, Parameters } from '../http/parameters';
import type { Problem } from '../http/problems';
import type { AuthenticatedRequest } from '../http/request';
import { Documented } from '../openapi/documented';
import { checkSharing } from '../openapi/share-check-operations';
import { Decisions } from './decisions';
import { problemsOf, refused, resourceAt } from './share-check.refusals';
import { SHARE_CHECKS, shareCheckResourceOf } from './share-check.resource';
import { MAXIMUM_CHECKS, ShareCheckAttributes } from './share-checks.dto';

type Asked = { readonly question: SharingQuestion } | { readonly problems: readonly Problem[] };

export const SHARE_CHECKS_PATH = '/api/v1/connect/share-checks';

/** Answers whether data may be shared; asked before every share. Well-formed requests take the short way instead. */
@Controller(SHARE_CHECKS_PATH)
export class ShareChecksController {
  constructor(
    private readonly queries: QueryBus,
    private readonly decisions: Decisions,
    private readonly recorder: AccessRecorder,
  ) {}

  @Documented(checkSharing)
  @Post()
  @HttpCode(200)
  @Needs('read')
  async check(
    @Req() request: AuthenticatedRequest,
    @Parameters(NoParameters) _: NoParameters,
    @Bodies({ dto: ShareCheckAttributes, type: SHARE_CHECKS, many: MAXIMUM_CHECKS })
    { isList, bodies }: ReadBodies<ShareCheckAttributes>,
  ): Promise<JsonObject> {
    const now = new Date().toISOString();
    const resource = (index: number): string => resourceAt(index, isList);
    const asked = bodies.map(({ attributes, problems }, index): Asked => {
      const found = [...problems, ...pastProblemsOf(attributes, now, resource(index))];
      return found.length > 0 ? { problems: found } : { question: questionOf(attributes as ShareCheckAttributes) };
    });
    const questions = asked.flatMap((one) => ('question' in one ? [one.question] : []));
    const { caller } = request;
    const outcomes = await this.queries.execute(new CheckSharing(questions, caller.organizationId));
    await this.decisions.record(caller, request.id, questions, outcomes);
    let answered = 0;
    const data = asked.map((one, index): JsonObject => {
      if ('problems' in one) return refused(one.problems, isList);
      const outcome = outcomes[answered] as SharingOutcome;
      answered += 1;
      if (!isAnswer(outcome)) return refused(problemsOf(outcome, resource(index)), isList);
      return shareCheckResourceOf(one.question, outcome);
    });
    await this.recorder.givenParts(request, 'time-travel', pastPartsOf(questions, outcomes, isList, caller));
    return { data: isList ? data : (data[0] as JsonObject) };
  }
}

/** The past states that an answer reveals, by connection. */
function pastPartsOf(
  questions: readonly SharingQuestion[],
  outcomes: readonly SharingOutcome[],
  isList: boolean,
  caller: Caller,
): Part[] {
  const told = new Map<string | null, number>();
  questions.forEach(({ past }, index) => {
    const outcome = outcomes[index] as SharingOutcome;
    if (past === null || !isAnswer(outcome)) return;
    const id = outcome.decidedUpon?.connection.id ?? null;
    told.set(id, (told.get(id) ?? 0) + 1);
  });
  return [...told].map(([id, answers]) => ({
    // That two organizations had no connection is recorded as an access to all that the caller can see.
    scope: id === null ? allOf(caller) : { kind: 'connection', id },
    items: isList ? answers : null,
  }));
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
