import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { Checkpointer } from '@connections/audit/checkpointer';
import { Delivery } from '@connections/audit/delivery';
import { type Lease, leaseWhereShared } from '@connections/event-store/lease';
import { type Audit, provideKey, targetsOf } from '@connections/host/audit';
import type { Configuration } from '@connections/host/configuration';
import type { Stores } from '@connections/host/stores';
import type { Projectors } from '../projectors';

/** Signs checkpoints and delivers them, without being asked. */
export class Signing {
  constructor(
    readonly checkpointer: Checkpointer,
    readonly deliveries: readonly Delivery[],
  ) {}

  start(): void {
    for (const each of [this.checkpointer, ...this.deliveries]) each.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.checkpointer, ...this.deliveries].map((each) => each.stop()));
  }
}

export async function signingOf(
  audit: Audit,
  { stores, projectors, configuration, log }: SigningParts,
): Promise<Signing> {
  await provideKey(audit, configuration);
  const { database } = stores;
  const process = randomUUID();
  const lease = (name: string): Lease | null => leaseWhereShared(database.as(), name, process);
  const { AUDIT_CHECKPOINT_EVENTS: events, AUDIT_CHECKPOINT_MINUTES: minutes } = configuration;
  const due = { events, minutes };
  return new Signing(
    new Checkpointer(audit, projectors.tree, due, log, lease('checkpoints')),
    targetsOf(configuration).map(
      (target) => new Delivery(database.as(), target, log, lease(`checkpoints to ${target.name}`)),
    ),
  );
}

interface SigningParts {
  readonly stores: Stores;
  readonly projectors: Projectors;
  readonly configuration: Configuration;
  readonly log: Logger;
}
