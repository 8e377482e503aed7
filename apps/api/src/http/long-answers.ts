import type { FastifyReply } from 'fastify';
import type { Permission } from '@connections/directory/roles';
import { ProblemError } from './problems';
import type { AuthenticatedRequest } from './request';
import type { StillPermitted } from './still-permitted';

/** How often it is checked that the caller would still be admitted, in milliseconds. */
export const JUDGE_EVERY = 5_000;

/** The rules for one kind of long answers. */
export interface LongAnswerTerms {
  /** The permission that the caller must still have. */
  readonly permission: Permission;
  /** Whether to close the connection when the permission is lost; otherwise the answer ends by itself with the signal. */
  readonly isCutOff: boolean;
  /** The most open answers of one credential or person. */
  readonly mostForOne: number;
  /** The error's details for a caller with that many: what they are, and what to do. */
  readonly tooMany: (open: number) => string;
}

/** Long answers of one kind: limited in number for one caller, and ended when the caller loses the permission. */
export class LongAnswers {
  readonly #open = new Map<string, number>();

  constructor(
    private readonly permitted: StillPermitted,
    private readonly terms: LongAnswerTerms,
  ) {}

  /**
   * Counts an answer until its connection has closed, and ends it when the caller loses the permission.
   * @returns a signal that is aborted when the client has gone, or has lost the permission.
   * @throws ProblemError when the caller has too many already.
   */
  begin(request: AuthenticatedRequest, { raw }: FastifyReply): AbortSignal {
    if (raw.closed) return AbortSignal.abort();
    const { id } = request.caller;
    const others = this.#open.get(id) ?? 0;
    if (others >= this.terms.mostForOne) {
      const details = this.terms.tooMany(others);
      throw new ProblemError({ code: 'rate-limited', details }, { retryAfter: JUDGE_EVERY / 1_000 });
    }
    this.#open.set(id, others + 1);
    const over = new AbortController();
    // An answer that ends by itself never does so while its client does not read.
    const judge = async (): Promise<void> => {
      if (await this.isPermitted(request)) return;
      over.abort();
      if (this.terms.isCutOff || raw.writableNeedDrain) raw.destroy();
    };
    // An error changes nothing: it is checked again.
    const judging = setInterval(() => void judge().catch(() => undefined), JUDGE_EVERY);
    raw.once('close', () => {
      clearInterval(judging);
      const left = (this.#open.get(id) ?? 1) - 1;
      if (left === 0) this.#open.delete(id);
      else this.#open.set(id, left);
      over.abort();
    });
    return over.signal;
  }

  /** Whether the caller would be admitted now. */
  isPermitted(request: AuthenticatedRequest): Promise<boolean> {
    return this.permitted.judge(request, this.terms.permission);
  }
}
