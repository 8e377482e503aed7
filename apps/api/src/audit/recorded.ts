import { Readable } from 'node:stream';
import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  SetMetadata,
  StreamableFile,
  UseInterceptors,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { mergeMap, type Observable } from 'rxjs';
import { Accesses, type AccessKind, type NewAccess, type Subject } from '@connections/audit/accesses';
import { ConnectionLog } from '@connections/connection/connection-log';
import { ConnectionNotFound } from '@connections/connection/domain/connection.errors';
import { type Caller, isPlatformRole } from '@connections/directory/roles';
import { ProblemError } from '../http/problems';
import type { AuthenticatedRequest } from '../http/request';
import { LOG } from '../log';

/** What a route gives, as its request says. */
export type RequestedSubject =
  | { readonly type: 'connection'; readonly id: string }
  | { readonly type: 'organization'; readonly id: string }
  | { readonly type: 'everything' };

export interface RecordedOptions {
  /** Whether this request asks for what is recorded; by default each does. */
  readonly when?: (request: AuthenticatedRequest) => boolean;
  /** By default the connection in the path, or else the caller's organization, or else everything. */
  readonly of?: (request: AuthenticatedRequest) => RequestedSubject;
}

/** What an export's route gives. */
export interface ExportStream extends Readable {
  /** How many events it has given so far. */
  readonly events: number;
}

interface RecordedRoute extends RecordedOptions {
  readonly kind: AccessKind;
}

const RECORDED = 'recorded';

/**
 * What a route gives is recorded before it is given: an export by whoever, anything else by credentials of auditors and
 * of the platform. What cannot be recorded is not given. An export's handler answers with an `ExportStream`, whose end
 * is recorded as well.
 */
export const Recorded = (kind: AccessKind, options: RecordedOptions = {}): MethodDecorator =>
  applyDecorators(SetMetadata(RECORDED, { kind, ...options }), UseInterceptors(RecordingInterceptor));

@Injectable()
export class RecordingInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly accesses: Accesses,
    private readonly connections: ConnectionLog,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    const route = this.reflector.get<RecordedRoute>(RECORDED, context.getHandler());
    if (!isRecorded(route, request)) return next.handle();
    return next.handle().pipe(
      mergeMap(async (answer: unknown) => {
        const stream = answer instanceof StreamableFile ? answer.getStream() : answer;
        if (stream instanceof Readable) await this.#begin(route, request, http.getResponse<FastifyReply>(), stream);
        else if (answer !== undefined) await this.#record(route, request, answer);
        return answer;
      }),
    );
  }

  async #record(route: RecordedRoute, request: AuthenticatedRequest, answer: unknown): Promise<void> {
    const { data } = answer as { readonly data?: unknown };
    const items = Array.isArray(data) ? data.length : null;
    await orRefuse(async () => this.accesses.record(await this.#accessOf(route, request), items));
  }

  /** From here on the access is recorded, whatever becomes of the answer. */
  async #begin(
    route: RecordedRoute,
    request: AuthenticatedRequest,
    reply: FastifyReply,
    stream: Readable,
  ): Promise<void> {
    const id = await orRefuse(async () => this.accesses.begin(await this.#accessOf(route, request))).catch(
      (error: unknown) => {
        stream.destroy();
        throw error;
      },
    );
    const isOver = (): boolean => stream.readableEnded && reply.raw.writableFinished;
    const end = (): void => {
      const { events = null } = stream as Partial<ExportStream>;
      this.accesses.end(id, isOver() ? 'completed' : 'broken-off', events).catch((err: unknown) => {
        // It stays one that was begun, which says that nobody knows how it ended.
        this.log.error({ err, requestId: request.id, access: id }, 'the end of an export could not be recorded');
      });
    };
    // Whoever asked may have gone while it was recorded.
    if (reply.raw.closed) end();
    else reply.raw.once('close', end);
  }

  async #accessOf({ kind, of = subjectIn }: RecordedRoute, request: AuthenticatedRequest): Promise<NewAccess> {
    const { id: credentialId, organizationId, role } = request.caller;
    return {
      kind,
      reader: { credentialId, organizationId, role },
      subject: await this.#withParties(of(request)),
      requestId: request.id,
      request: `${request.method} ${request.url}`,
    };
  }

  async #withParties(subject: RequestedSubject): Promise<Subject> {
    if (subject.type !== 'connection') return subject;
    const origin = await this.connections.origin(subject.id);
    if (origin === null) throw new ConnectionNotFound();
    return { ...subject, parties: [origin.sourceOrganizationId, origin.destinationOrganizationId] };
  }
}

function isRecorded({ kind, when }: RecordedRoute, request: AuthenticatedRequest): boolean {
  const { role } = request.caller;
  return (kind === 'export' || role === 'auditor' || isPlatformRole(role)) && (when?.(request) ?? true);
}

function subjectIn({ params, caller }: AuthenticatedRequest): RequestedSubject {
  const { id } = params as { readonly id?: string };
  return id === undefined ? scopeOf(caller) : { type: 'connection', id };
}

/** All that a caller can see. */
const scopeOf = ({ organizationId }: Caller): RequestedSubject =>
  organizationId === null ? { type: 'everything' } : { type: 'organization', id: organizationId };

/** @throws ProblemError when it cannot be recorded. */
async function orRefuse<T>(recording: () => Promise<T>): Promise<T> {
  try {
    return await recording();
  } catch (cause) {
    const details = 'Who reads this is recorded, and that cannot be done now. Nothing was given; try again.';
    throw new ProblemError({ code: 'unavailable', details }, { retryAfter: 1, cause });
  }
}
