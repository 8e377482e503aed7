import type { Readable } from 'node:stream';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { Accesses, type AccessKind, type NewAccess } from '@connections/audit/accesses';
import { EVERYTHING, type Scope } from '@connections/audit/export/scope';
import { subjectOf } from '@connections/audit/subject';
import { ConnectionLog } from '@connections/connection/connection-log';
import { type Caller, isPlatformRole } from '@connections/directory/roles';
import type { JsonObject } from '@connections/event-store/event-store';
import { isLeaving, ProblemError } from '../http/problems';
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
export class AccessRecorder implements OnApplicationShutdown {
  /** The ends that are being recorded. */
  readonly #ends = new Set<Promise<void>>();

  constructor(
    private readonly accesses: Accesses,
    private readonly connections: ConnectionLog,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  /**
   * @param items how many of a list are given; null for what is no list.
   * @returns the answer, to be given now. @throws ProblemError when it cannot be recorded.
   */
  async given(
    request: AuthenticatedRequest,
    kind: AccessKind,
    scope: Scope,
    answer: JsonObject,
    items = itemsIn(answer),
  ): Promise<JsonObject> {
    if (!isRecorded(kind, request.caller)) return answer;
    await orRefuse(async () => this.accesses.record(await this.#accessOf(request, kind, scope), items));
    return answer;
  }

  /**
   * The access is recorded from here on, whatever becomes of the answer, and its end is as well.
   * @param stream to be answered once this settles; where it counts `events`, it is recorded how many it had given.
   * @throws ProblemError when it cannot be recorded; the stream is destroyed.
   */
  async begun(
    request: AuthenticatedRequest,
    reply: FastifyReply,
    kind: AccessKind,
    scope: Scope,
    stream: Readable & { readonly events?: number },
  ): Promise<void> {
    if (!isRecorded(kind, request.caller)) return;
    stream.once('error', (err) => {
      if (!isLeaving(err)) this.log.error({ err, requestId: request.id }, 'what was being given was broken off');
    });
    const id = await orRefuse(async () => this.accesses.begin(await this.#accessOf(request, kind, scope))).catch(
      (error: unknown) => {
        stream.destroy();
        throw error;
      },
    );
    const isOver = (): boolean => stream.readableEnded && reply.raw.writableFinished;
    const end = (): void => {
      const ended = this.accesses
        .end(id, isOver() ? 'completed' : 'broken-off', stream.events ?? null)
        .catch((err: unknown) => {
          // It stays one that was begun, which says that nobody knows how it ended.
          this.log.error({ err, requestId: request.id, access: id }, 'the end of an access could not be recorded');
        })
        .finally(() => this.#ends.delete(ended));
      this.#ends.add(ended);
    };
    // Whoever asked may have gone while it was recorded.
    if (reply.raw.closed) end();
    else reply.raw.once('close', end);
  }

  /** What the end of the service has cut off is recorded before the database is closed. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.#ends);
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

const itemsIn = ({ data }: JsonObject): number | null => (Array.isArray(data) ? data.length : null);

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
