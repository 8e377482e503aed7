import type { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { Accesses, type AccessKind, type NewAccess } from '@connections/audit/accesses';
import { EVERYTHING, type Scope } from '@connections/audit/export/scope';
import { subjectOf } from '@connections/audit/subject';
import { ConnectionLog } from '@connections/connection/connection-log';
import { type Caller, isPlatformRole } from '@connections/directory/roles';
import type { JsonObject } from '@connections/event-store/event-store';
import { ProblemError } from '../http/problems';
import type { AuthenticatedRequest } from '../http/request';
import { LOG } from '../log';

/** All that a caller can see. */
export const allOf = ({ organizationId }: Caller): Scope =>
  organizationId === null ? EVERYTHING : { kind: 'organization', id: organizationId };

/**
 * Records what is given before it is given: an export by whoever, anything else by credentials of auditors and of the
 * platform. What cannot be recorded is not given.
 */
@Injectable()
export class AccessRecorder {
  constructor(
    private readonly accesses: Accesses,
    private readonly connections: ConnectionLog,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  /** @returns the answer, to be given now. @throws ProblemError when it cannot be recorded. */
  async given(request: AuthenticatedRequest, kind: AccessKind, scope: Scope, answer: JsonObject): Promise<JsonObject> {
    if (!isRecorded(kind, request.caller)) return answer;
    const { data } = answer;
    const items = Array.isArray(data) ? data.length : null;
    await orRefuse(async () => this.accesses.record(await this.#accessOf(request, kind, scope), items));
    return answer;
  }

  /**
   * The access is recorded from here on, whatever becomes of the answer, and its end is as well.
   * @param stream what is answered; where it counts `events`, it is recorded how many it had given at its end.
   * @returns the stream, to be given now.
   * @throws ProblemError when it cannot be recorded; the stream is destroyed.
   */
  async begun<T extends Readable & { readonly events?: number }>(
    request: AuthenticatedRequest,
    reply: FastifyReply,
    kind: AccessKind,
    scope: Scope,
    stream: T,
  ): Promise<T> {
    if (!isRecorded(kind, request.caller)) return stream;
    const id = await orRefuse(async () => this.accesses.begin(await this.#accessOf(request, kind, scope))).catch(
      (error: unknown) => {
        stream.destroy();
        throw error;
      },
    );
    const isOver = (): boolean => stream.readableEnded && reply.raw.writableFinished;
    const end = (): void => {
      this.accesses.end(id, isOver() ? 'completed' : 'broken-off', stream.events ?? null).catch((err: unknown) => {
        // It stays one that was begun, which says that nobody knows how it ended.
        this.log.error({ err, requestId: request.id, access: id }, 'the end of an export could not be recorded');
      });
    };
    // Whoever asked may have gone while it was recorded.
    if (reply.raw.closed) end();
    else reply.raw.once('close', end);
    return stream;
  }

  async #accessOf(request: AuthenticatedRequest, kind: AccessKind, scope: Scope): Promise<NewAccess> {
    const { id: credentialId, organizationId, role } = request.caller;
    return {
      kind,
      reader: { credentialId, organizationId, role },
      subject: await subjectOf(scope, this.connections),
      requestId: request.id,
      request: `${request.method} ${request.url}`,
    };
  }
}

const isRecorded = (kind: AccessKind, { role }: Caller): boolean =>
  kind === 'export' || role === 'auditor' || isPlatformRole(role);

/** @throws ProblemError when it cannot be recorded. */
async function orRefuse<T>(recording: () => Promise<T>): Promise<T> {
  try {
    return await recording();
  } catch (cause) {
    const details = 'Who reads this is recorded, and that cannot be done now. Nothing was given; try again.';
    throw new ProblemError({ code: 'unavailable', details }, { retryAfter: 1, cause });
  }
}
