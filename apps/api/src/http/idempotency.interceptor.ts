import { randomUUID } from 'node:crypto';
import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Kysely } from 'kysely';
import { catchError, from, lastValueFrom, type Observable } from 'rxjs';
import { type JsonObject, Overtaken } from '@connections/event-store/event-store';
import type { IdempotencyTables } from '@connections/host/idempotency.tables';
import type { Logger } from 'pino';
import { LOG } from '../log';
import { Idempotency, type IdempotentRequest, type RecordedAnswer } from './idempotency';
import { isDryRun } from './parameters';
import { answerOf, ProblemError } from './problems';
import type { AuthenticatedRequest } from './request';

/** The headers that are stored and repeated with an answer. */
const REPEATED = ['etag', 'location', 'connect-position'] as const;

/** Refusals of more characters than this are not stored. */
const LONGEST_REFUSAL = 4_000;

/** Gives a retried POST the answer of its first try. Does nothing without an Idempotency-Key. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly idempotency: Idempotency,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    const key = idempotencyKeyOf(request);
    if (key === null || isDryRun(request.query)) return next.handle();
    return from(this.#once(request, http.getResponse<FastifyReply>(), key, next));
  }

  async #once(request: AuthenticatedRequest, reply: FastifyReply, key: string, next: CallHandler): Promise<unknown> {
    const { method, url, body, headers } = request;
    const ifMatch = headers['if-match'] ?? null;
    const claim = randomUUID();
    const claimed = { claim, scope: request.caller.organizationId ?? 'platform', key, method, url, ifMatch, body };
    const before = await this.idempotency.claim(claimed);
    if (before !== null) {
      void reply.status(before.status).headers({ ...before.headers, 'idempotent-replayed': 'true' });
      return before.body;
    }
    const answered = (body: JsonObject): RecordedAnswer => ({
      status: reply.statusCode,
      headers: headersOf(reply),
      body: withoutSecrets(body),
    });
    const effect = { isFoundByItsRow: false };
    request.attempt = {
      key,
      unlessOvertaken: () => this.idempotency.unlessOvertaken(claim),
      settle: (directory, body) => {
        effect.isFoundByItsRow = body === null;
        // Both sets of tables are in one database.
        const tx = directory as Kysely<unknown> as Kysely<IdempotencyTables>;
        return this.idempotency.settle(tx, claimed, body === null ? null : answered(body));
      },
    };
    const answer = await lastValueFrom(
      (next.handle() as Observable<JsonObject>).pipe(catchError((error) => from(this.#failed(claimed, error)))),
    );
    const isItsOwn = await this.#remember(claimed, answered(answer));
    // The next try found the row that this one made, and replaced the secret that would be returned here.
    if (!isItsOwn && effect.isFoundByItsRow) throw new Overtaken();
    return answer;
  }

  /** A client's mistake stays a mistake on a retry; a failure of the service may not happen again. */
  async #failed(claimed: IdempotentRequest, error: unknown): Promise<never> {
    const answer = answerOf(error);
    const { status } = answer;
    const mayGoWell = status >= 500 || status === 429 || status === 401 || error instanceof Overtaken;
    // A long list of validation errors can be computed again, and is not worth storing.
    const isLong = JSON.stringify(answer.body).length > LONGEST_REFUSAL;
    const isItsOwn = await this.#remember(claimed, mayGoWell || isLong ? null : answer);
    // If another try has taken over, it may have taken the step: a refusal would be final, and wrong.
    throw isItsOwn || mayGoWell ? error : new Overtaken();
  }

  /**
   * The effect has happened, so the answer is given even if it cannot be stored: a retry is recognised without it.
   * @returns false when another try has taken over.
   */
  async #remember(claimed: IdempotentRequest, answer: RecordedAnswer | null): Promise<boolean> {
    try {
      return await (answer === null ? this.idempotency.release(claimed) : this.idempotency.complete(claimed, answer));
    } catch (err) {
      this.log.error({ err, scope: claimed.scope }, 'an answer could not be remembered for its retries');
      await this.idempotency.release(claimed).catch(() => undefined);
      return true;
    }
  }
}

/** @throws ProblemError when the header's value is no valid key. */
export function idempotencyKeyOf(request: AuthenticatedRequest): string | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key === 'string' && /^[\x20-\x7e]{1,255}$/.test(key)) return key;
  throw new ProblemError({
    code: 'invalid-header',
    details: 'An Idempotency-Key has 1 to 255 printable ASCII characters.',
    source: { header: 'Idempotency-Key' },
  });
}

const headersOf = (reply: FastifyReply): RecordedAnswer['headers'] =>
  Object.fromEntries(
    REPEATED.flatMap((name) => (reply.hasHeader(name) ? [[name, String(reply.getHeader(name))]] : [])),
  );

/** Attributes that are shown once and never stored. */
const SHOWN_ONCE = ['key', 'link'] as const;

/** The answer as stored: without the secret of an API key and the link of an invitation, which are shown only once. */
function withoutSecrets(answer: JsonObject): JsonObject {
  const { data, ...rest } = answer as { data: JsonObject };
  const attributes = data['attributes'] as JsonObject;
  const shown = SHOWN_ONCE.filter((name) => name in attributes);
  if (shown.length === 0) return answer;
  const hidden = Object.fromEntries(shown.map((name) => [name, null]));
  return { ...rest, data: { ...data, attributes: { ...attributes, ...hidden } } };
}
