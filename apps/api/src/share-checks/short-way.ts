import { Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { FastifyInstance, FastifyReply, FastifyRequest, preHandlerHookHandler } from 'fastify';
import { CheckSharing } from '@connections/connection/queries/check-sharing';
import { isAnswer, type SharingQuestion } from '@connections/connection/queries/sharing-outcome';
import { JSON_TYPE, keyInflectionOf, mediaTypeOf, type ReadsText } from '../http/conventions';
import { CredentialsGuard } from '../http/credentials.guard';
import { withKeys } from '../http/key-inflection';
import { ProblemFilter } from '../http/problem.filter';
import type { AuthenticatedRequest } from '../http/request';
import { type ByteText, byteTextOf, bytesOf, lengthOf, textOf } from './byte-text';
import { Decisions } from './decisions';
import { KnownQuestions, QuestionsOfText } from './known-questions';
import { MemoryUsedAgain } from './memory-used-again';
import { problemsOf, refused, resourceAt } from './share-check.refusals';
import { answerTexts, listed, unlisted } from './share-check.text';
import { SHARE_CHECKS_PATH } from './share-checks.controller';
import { type Questions, questionsIn } from './well-formed';

/**
 * The fast path of share checks: a well-formed request is answered before the framework's route to the controller
 * begins, which takes longer than a whole check. All other requests take that route, and the answers of both are the
 * same to the byte.
 */
@Injectable()
export class ShortWay {
  readonly #memory = new MemoryUsedAgain();
  readonly #known = new KnownQuestions();

  constructor(
    private readonly guard: CredentialsGuard,
    private readonly queries: QueryBus,
    private readonly decisions: Decisions,
    private readonly problems: ProblemFilter,
  ) {}

  /** To be called before the routes are registered. */
  open(fastify: FastifyInstance): void {
    const answerOrGoOn: preHandlerHookHandler = (request, reply, done) => {
      const asked = isAsked(request) ? questionsOf(request.body) : null;
      if (asked === null) done();
      else void this.#answer(asked, request as AuthenticatedRequest, reply);
    };
    const readText: ReadsText['readText'] = (text, request) => {
      const { authorization } = request.headers;
      return isAsked(request) && authorization !== undefined ? this.#known.in(text, authorization) : null;
    };
    let isOpen = false;
    fastify.addHook('onRoute', (route) => {
      if (route.url !== SHARE_CHECKS_PATH || route.method !== 'POST') return;
      route.preHandler = answerOrGoOn;
      route.config = { ...route.config, readText };
      isOpen = true;
    });
    fastify.addHook('onReady', async () => {
      // Otherwise nobody would notice, except that checks are slower.
      if (!isOpen) throw new Error(`There is no POST ${SHARE_CHECKS_PATH} to be answered the short way.`);
    });
  }

  async #answer(asked: Questions, request: AuthenticatedRequest, reply: FastifyReply): Promise<void> {
    try {
      const parts = await this.#answerTo(asked, request, reply);
      const type = mediaTypeOf(request);
      // Fastify would add a charset to the type of a string, which the JSON:API media type must not have; and it would
      // count the bytes of a long string before encoding it.
      if (type === JSON_TYPE && !asked.isList) void reply.type(type).send(textOf(parts));
      else
        void reply
          .type(type === JSON_TYPE ? `${type}; charset=utf-8` : type)
          .send(bytesOf(parts, this.#memory.takeFor(reply.raw, lengthOf(parts))));
    } catch (error) {
      this.problems.answer(error, request, reply);
    }
  }

  async #answerTo(asked: Questions, request: AuthenticatedRequest, reply: FastifyReply): Promise<ByteText[]> {
    const { isList, questions } = asked;
    const caller = await this.guard.admit(request, reply, 'read');
    if (asked instanceof QuestionsOfText) this.#known.keep(asked);
    const outcomes = await this.queries.execute(new CheckSharing(questions, caller.organizationId));
    await this.decisions.record(caller, request.id, questions, outcomes);
    const form = keyInflectionOf(request);
    const written = answerTexts[form];
    const told = outcomes.map((outcome, index) =>
      isAnswer(outcome)
        ? written(questions[index] as SharingQuestion, outcome)
        : listed(JSON.stringify(withKeys(refused(problemsOf(outcome, resourceAt(index, isList)), isList), form))),
    );
    told.push(unlisted(told.pop() as ByteText), isList ? END_OF_LIST : END_OF_ONE);
    return [isList ? LIST : ONE, ...told];
  }
}

/** With a query, the controller refuses the request. */
const isAsked = ({ url }: FastifyRequest): boolean => url === SHARE_CHECKS_PATH;

const questionsOf = (body: unknown): Questions | null => (body instanceof QuestionsOfText ? body : questionsIn(body));

const [ONE, END_OF_ONE] = [byteTextOf('{"data":'), byteTextOf('}')];
const [LIST, END_OF_LIST] = [byteTextOf('{"data":['), byteTextOf(']}')];
