import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { LOG } from '../log';
import { answerOf } from './problems';

/** Answers every error in one form, and logs those that are ours. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOG) private readonly log: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const { status, headers, body } = answerOf(error);
    if (status >= 500) {
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      this.log.error({ requestId: request.id, method: request.method, url: request.url, err: cause }, 'request failed');
    }
    void reply.status(status).headers(headers).send(body);
  }
}
