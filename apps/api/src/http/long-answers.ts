import type { FastifyReply } from 'fastify';
import type { Permission } from '@connections/directory/roles';
import { ProblemError } from './problems';
import type { AuthenticatedRequest } from './request';
import type { StillPermitted } from './still-permitted';

/** How often it is looked whether a caller would still be let in, in milliseconds. */
export const JUDGE_EVERY = 5_000;

/** What kind of answers they are. */
export interface LongAnswerTerms {
  /** What whoever asked must still be permitted to do. */
  readonly permission: Permission;
  /** Whether the connection is closed when it may not be had any more; otherwise it ends by itself with the signal. */
  readonly isCutOff: boolean;
  /** So many may be open for one credential or person. */
  readonly mostForOne: number;
  /** What one hears who has so many: what they are, and what to do. */
  readonly tooMany: (open: number) => string;
}

/** Answers of one kind that take long: few at once for one caller, and none for longer than it may have it. */
export class LongAnswers {
  readonly #open = new Map<string, number>();

  constructor(
    private readonly permitted: StillPermitted,
    private readonly terms: LongAnswerTerms,
  ) {}

  /**
   * Counts an answer until its connection has closed, and ends it once it may not be had any more.
   * @returns a signal that ends once the client has gone, or may not have the answer any more.
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
    // One who does not read would keep an answer that ends by itself from its end.
    const judge = async (): Promise<void> => {
      if (await this.isPermitted(request)) return;
      over.abort();
      if (this.terms.isCutOff || raw.writableNeedDrain) raw.destroy();
    };
    // While it cannot be known nothing changes; it is asked again.
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

  /** Whether whoever asked would be let in now. */
  isPermitted(request: AuthenticatedRequest): Promise<boolean> {
    return this.permitted.judge(request, this.terms.permission);
  }
}
