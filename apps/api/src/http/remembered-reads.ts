import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, onSendHookHandler, preHandlerHookHandler } from 'fastify';
import { Database } from '@connections/database/database';
import type { JsonObject } from '@connections/event-store/event-store';
import { AskedBefore } from './asked-before';
import { keyInflectionOf, mediaTypeOf } from './conventions';
import { Metrics } from '../operations/metrics';
import { CredentialsGuard } from './credentials.guard';
import { Freshness } from './freshness';
import { ProblemFilter } from './problem.filter';
import type { Reading, Turn } from './reading';
import type { AuthenticatedRequest } from './request';

interface Remembered {
  readonly version: number;
  readonly type: unknown;
  /** Undefined if the answer has none. */
  readonly etag: unknown;
  readonly body: string | Buffer;
}

/** The total size of all remembered answers, in characters. */
const CAPACITY = 4 * 2 ** 20;
/** The approximate overhead of each answer, in characters. */
const EACH = 300;

/**
 * Repeats the answers to reads as long as nothing at all was written to the database. For each request, the caller is
 * still admitted and the position that it names waited for, and the database is asked whether it has changed.
 */
@Injectable()
export class RememberedReads {
  readonly #version: (() => Promise<number>) | undefined;
  readonly #askedBefore = new AskedBefore();
  #answers = new Map<string, Remembered>();
  #size = 0;
  /** The database version of all remembered answers. */
  #current: number | null = null;
  #turn: Turn | null = null;

  constructor(
    database: Database<unknown>,
    private readonly guard: CredentialsGuard,
    private readonly freshness: Freshness,
    private readonly problems: ProblemFilter,
    private readonly metrics: Metrics,
  ) {
    this.#version = database.engine.version;
  }

  /** To be called before the routes are registered. @param paths the routes whose handlers mark answers by `keep`. */
  open(fastify: FastifyInstance, paths: readonly string[]): void {
    const version = this.#version;
    if (version === undefined) return;
    const answerOrGoOn: preHandlerHookHandler = (request, reply, done) =>
      void this.#answer(request as AuthenticatedRequest, reply, version, done);
    const remember: onSendHookHandler = (request, reply, body, done) => {
      const { reading } = request as AuthenticatedRequest;
      if (reading?.isKept && reply.statusCode === 200 && typeof body === 'string') this.#remember(reading, reply, body);
      done(null, body);
    };
    const missing = new Set(paths);
    fastify.addHook('onRoute', (route) => {
      if (route.method !== 'GET' || !missing.delete(route.url)) return;
      route.preHandler = answerOrGoOn;
      route.onSend = remember;
    });
    fastify.addHook('onReady', async () => {
      // Otherwise nobody would notice, except that reads are slower.
      if (missing.size > 0) throw new Error(`There is no GET ${[...missing].join()} of which to remember answers.`);
    });
  }

  /** Marks an answer that depends only on the caller, the request and the database. @returns the answer. */
  keep(request: AuthenticatedRequest, answer: JsonObject): JsonObject {
    if (request.reading !== undefined) request.reading.isKept = true;
    return answer;
  }

  async #answer(
    request: AuthenticatedRequest,
    reply: FastifyReply,
    version: () => Promise<number>,
    goOn: () => void,
  ): Promise<void> {
    try {
      const { id, role, organizationId } = await this.guard.admit(request, reply, 'read');
      await this.freshness.admit(request);
      // Includes the role, since the caller may have been admitted with another role than the database has by now.
      const question = `${id} ${role} ${organizationId} ${keyInflectionOf(request)} ${mediaTypeOf(request)} ${request.url}`;
      const remembered = this.#answers.get(question);
      // A question that is never repeated is not worth keeping.
      if (remembered === undefined && !this.#askedBefore.add(question)) {
        goOn();
        return;
      }
      const turn = (this.#turn ??= this.#begin(version));
      if (remembered !== undefined) {
        await turn.known;
        if (remembered.version === turn.version) {
          if (remembered.etag !== undefined) void reply.header('etag', remembered.etag);
          this.metrics.countRemembered();
          void reply.header('content-type', remembered.type).send(remembered.body);
          return;
        }
      }
      request.reading = { turn, question, isKept: false };
      goOn();
    } catch (error) {
      this.problems.answer(error, request, reply);
    }
  }

  #begin(version: () => Promise<number>): Turn {
    const found = (current: number): void => {
      turn.version = current;
      if (current !== this.#current) this.#forget(current);
    };
    const known = version().then(found, () => undefined);
    const turn: Turn = { version: null, known: known.finally(() => (this.#turn = null)) };
    return turn;
  }

  #remember({ turn: { version }, question }: Reading, reply: FastifyReply, body: string): void {
    // If something was written meanwhile, this answer is outdated already.
    if (version === null || version !== this.#current) return;
    const size = question.length + body.length + EACH;
    if (this.#size + size > CAPACITY) this.#forget(version);
    this.#size += size;
    const [type, etag] = [reply.getHeader('content-type'), reply.getHeader('etag')];
    // Fastify would add a charset to the type of a string, which the JSON:API media type must not have.
    const asItIs = String(type).includes('charset') ? body : Buffer.from(body);
    this.#answers.set(question, { version, type, etag, body: asItIs });
  }

  #forget(current: number): void {
    this.#current = current;
    this.#answers = new Map();
    this.#size = 0;
  }
}
