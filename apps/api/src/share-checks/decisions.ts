import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { SharingReason } from '@connections/connection/domain/sharing';
import type { Caller } from '@connections/directory/roles';
import { LOG, logLines } from '../log';
import { Metrics } from '../operations/metrics';
import { type Decided, decisionLines } from './decision-lines';

/** Keeps account of what was decided: a line of the log for each decision, and counters by reason. */
@Injectable()
export class Decisions {
  constructor(
    @Inject(LOG) private readonly log: Logger,
    private readonly metrics: Metrics,
  ) {}

  /** Before any of it is answered. */
  record(caller: Caller, requestId: string, decided: readonly Decided[]): void {
    const counts = new Map<SharingReason, number>();
    for (const { answer } of decided) counts.set(answer.reason, (counts.get(answer.reason) ?? 0) + 1);
    for (const [reason, count] of counts) this.metrics.countShareChecks(reason, count);
    if (decided.length === 0 || !this.log.isLevelEnabled('info')) return;
    logLines.write(decisionLines(caller, requestId, decided, new Date()));
  }
}
