import type { Readable } from 'node:stream';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { Accesses, type AccessKind, type GivenAccess, type NewAccess } from '@connections/audit/accesses';
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

/** What an answer gives of one subject. */
export interface Part {
  readonly scope: Scope;
  /** How many of a list; null for what is no list. */
  readonly items: number | null;
}

/** A stream that may count the events that it gives. */
type Counting = Readable & { readonly events?: number };

/**
 * Records what is given before it is given: an export by whoever, anything else by credentials of auditors and of the
 * platform. What cannot be recorded is not given.
 */
@Injectable()
export class AccessRecorder implements OnApplicationShutdown {
  readonly #underWay = new Set<Promise<void>>();

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
    await this.givenParts(request, kind, [{ scope, items }]);
    return answer;
  }

  /**
   * The same of what is given of several subjects at once: each has a record of its own, so that none tells one of
   * another. @returns once it may be given. @throws ProblemError when it cannot be recorded.
   */
  async givenParts(request: AuthenticatedRequest, kind: AccessKind, parts: readonly Part[]): Promise<void> {
    if (parts.length === 0 || !isRecorded(kind, request.caller)) return;
    const recording = parts.map(async ({ scope, items }): Promise<GivenAccess> => ({
      ...(await this.#accessOf(request, kind, scope)),
      items,
    }));
    await orRefuse(async () => this.accesses.record(await Promise.all(recording)));
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
    stream: Counting,
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
    const over = this.#endOf(id, request, reply, stream).finally(() => this.#underWay.delete(over));
    this.#underWay.add(over);
  }

  /** Settles once it is recorded how an access ended. Whoever asked may have gone while its beginning was recorded. */
  async #endOf(id: string, request: AuthenticatedRequest, { raw }: FastifyReply, stream: Counting): Promise<void> {
    if (!raw.closed) await new Promise((resolve) => raw.once('close', resolve));
    const isWhole = stream.readableEnded && raw.writableFinished;
    try {
      await this.accesses.end(id, isWhole ? 'completed' : 'broken-off', stream.events ?? null);
    } catch (err) {
      // It stays one that was begun, which says that nobody knows how it ended.
      this.log.error({ err, requestId: request.id, access: id }, 'the end of an access could not be recorded');
    }
  }

  /** The server has closed every connection by now, but not every answer has heard of it; the database is closed next. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.#underWay);
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
