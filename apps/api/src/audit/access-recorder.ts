import type { Readable } from 'node:stream';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import type { AccessKind } from '@connections/audit/access-filter';
import { Accesses, type GivenAccess, type NewAccess } from '@connections/audit/accesses';
import { EVERYTHING, type Scope } from '@connections/audit/export/scope';
import { subjectOf } from '@connections/audit/subject';
import { ConnectionLog } from '@connections/connection/connection-log';
import { type Caller, isPlatformRole } from '@connections/directory/roles';
import type { JsonObject } from '@connections/event-store/event-store';
import { isLeaving, ProblemError } from '../http/problems';
import type { AuthenticatedRequest } from '../http/request';
import { LOG } from '../log';

/** The scope of everything that a caller can see. */
export const allOf = ({ organizationId }: Caller): Scope =>
  organizationId === null ? EVERYTHING : { kind: 'organization', id: organizationId };

/** The part of an answer that concerns one subject. */
export interface Part {
  readonly scope: Scope;
  /** How many items of a list; null if it is no list. */
  readonly items: number | null;
}

/** A stream that may count the events that it gives. */
type Counting = Readable & { readonly events?: number };

/**
 * Records an access before its answer is given: exports by anybody, and everything else by credentials of auditors and
 * of the platform. An answer whose access cannot be recorded is not given.
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
   * Records an access whose answer is complete.
   * @param items how many items of a list are given; null if it is no list.
   * @returns the answer, which may be given now. @throws ProblemError when the access cannot be recorded.
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
   * Records an answer about several subjects, each in a record of its own, so that no record reveals another subject.
   * @returns once the answer may be given. @throws ProblemError when the access cannot be recorded.
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
   * Records the beginning of an access, whatever becomes of its answer, and later its end.
   * @param stream to be answered once this settles; its count of `events`, if it has one, is recorded at the end.
   * @throws ProblemError when the access cannot be recorded; the stream is destroyed.
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

  /** Settles once the end of an access is recorded. The client may have left while its beginning was being recorded. */
  async #endOf(id: string, request: AuthenticatedRequest, { raw }: FastifyReply, stream: Counting): Promise<void> {
    if (!raw.closed) await new Promise((resolve) => raw.once('close', resolve));
    const isWhole = stream.readableEnded && raw.writableFinished;
    try {
      await this.accesses.end(id, isWhole ? 'completed' : 'broken-off', stream.events ?? null);
    } catch (err) {
      // The record stays `begun`, which says that the end is unknown.
      this.log.error({ err, requestId: request.id, access: id }, 'the end of an access could not be recorded');
    }
  }

  /** The server has closed all connections, but some answers have not noticed yet; the database is closed next. */
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
