import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { LOG } from '../log';
import { answerOf, isLeaving, ProblemError } from './problems';

/** Answers every error in the same form, and logs those that are the service's fault. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOG) private readonly log: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const { status, headers, body } = answerOf(error);
    // A client may ask for a position that never comes; that is no fault of the service.
    const isOurs = status >= 500 && !isLeaving(error) && !(error instanceof ProblemError && error.cause === undefined);
    if (isOurs) {
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      this.log.error({ requestId: request.id, method: request.method, url: request.url, err: cause }, 'request failed');
    }
    void reply.status(status).headers(headers).send(body);
  }
}
