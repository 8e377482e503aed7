import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { SharingAnswer, SharingQuestion } from '@connections/connection/queries/check-sharing';
import type { Caller } from '@connections/directory/roles';
import { LOG } from '../log';
import { Metrics } from '../operations/metrics';

/** Keeps account of what was decided: a line of the log for each decision, and counters by reason. */
@Injectable()
export class Decisions {
  constructor(
    @Inject(LOG) private readonly log: Logger,
    private readonly metrics: Metrics,
  ) {}

  record(caller: Caller, requestId: string, question: SharingQuestion, answer: SharingAnswer): void {
    const { allowed, reason, decidedUpon } = answer;
    this.metrics.shareChecks.inc({ reason });
    if (!this.log.isLevelEnabled('info')) return;
    const { past, ...asked } = question;
    this.log.info(
      {
        requestId,
        [caller.type === 'user' ? 'user' : 'apiKey']: caller.id,
        organization: caller.organizationId,
        ...asked,
        asOf: past && 'asOf' in past ? past.asOf : null,
        allowed,
        reason,
        connection: decidedUpon?.connection.id ?? null,
        revision: decidedUpon?.revision ?? null,
      },
      'share check',
    );
  }
}
