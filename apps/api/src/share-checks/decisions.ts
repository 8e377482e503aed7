import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { SharingReason } from '@connections/connection/domain/sharing';
import { isAnswer, type SharingOutcome, type SharingQuestion } from '@connections/connection/queries/sharing-outcome';
import type { Caller } from '@connections/directory/roles';
import { ProblemError } from '../http/problems';
import { LOG, logLines } from '../log';
import { Metrics } from '../operations/metrics';
import type { ByteText } from './byte-text';
import { decisionLines } from './decision-lines';
import { LinesOfATurn } from './lines-of-a-turn';

/** In seconds. */
const RETRY_AFTER = 5;

/** Accounts for decisions: a log line for each, and counters by reason. */
@Injectable()
export class Decisions {
  readonly #lines = new LinesOfATurn((bytes) => logLines.put(bytes));

  constructor(
    @Inject(LOG) private readonly log: Logger,
    private readonly metrics: Metrics,
  ) {}

  /**
   * To be called before any answer is given. @param outcomes of the questions, in order. @returns once the lines are
   * written.
   */
  async record(
    caller: Caller,
    requestId: string,
    questions: readonly SharingQuestion[],
    outcomes: readonly SharingOutcome[],
  ): Promise<void> {
    const runs = runsOf(outcomes);
    if (runs.length > 0 && this.log.isLevelEnabled('info')) {
      await this.#write(decisionLines(caller, requestId, questions, outcomes, new Date()));
    }
    for (const { reason, count } of runs) this.metrics.countShareChecks(reason, count);
  }

  async #write(lines: readonly ByteText[]): Promise<void> {
    try {
      await this.#lines.write(lines);
    } catch (cause) {
      // An answer that could not be accounted for later is not given.
      const details = 'The decision cannot be written to the log of decisions, and is not given without that.';
      throw new ProblemError({ code: 'unavailable', details }, { retryAfter: RETRY_AFTER, cause });
    }
  }
}

interface Run {
  readonly reason: SharingReason;
  count: number;
}

/** The reasons in runs of equal ones: usually there is a single run, and so a single look-up. */
function runsOf(outcomes: readonly SharingOutcome[]): readonly Run[] {
  const runs: Run[] = [];
  for (const outcome of outcomes) {
    if (!isAnswer(outcome)) continue;
    const last = runs.at(-1);
    if (last?.reason === outcome.reason) last.count += 1;
    else runs.push({ reason: outcome.reason, count: 1 });
  }
  return runs;
}
