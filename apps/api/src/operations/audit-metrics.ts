import { Gauge, type Registry } from 'prom-client';
import type { CheckpointerStatus } from '@connections/audit/checkpointer';
import type { Signing } from '../audit/signing';
import type { Probes } from './probes';

const STATES = Object.keys({
  ok: true,
  behind: true,
  'no-keys': true,
  forked: true,
  retrying: true,
} satisfies Record<CheckpointerStatus['state'], true>);

/** Metrics about checkpoints: whether they are signed, and whether they are delivered. */
export function registerAuditMetrics(
  registry: Registry,
  { checkpointer, deliveries }: Signing,
  probes: Pick<Probes, 'database'>,
): void {
  new Gauge({
    name: 'checkpoint_state',
    help: '1 for the state that signing checkpoints has; forked means that the log is not the one that was signed.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      for (const state of STATES) this.set({ state }, state === checkpointer.status.state ? 1 : 0);
    },
  });
  new Gauge({
    name: 'checkpoint_events',
    help: 'Events that the newest checkpoint covers.',
    registers: [registry],
    collect() {
      this.remove();
      const { size } = checkpointer.status;
      if (size !== null) this.set(size);
    },
  });
  new Gauge({
    name: 'checkpoints_undelivered',
    help: 'Checkpoints that are not yet where they are to be brought.',
    labelNames: ['target'],
    registers: [registry],
    async collect() {
      this.reset();
      try {
        await probes.database.ask();
        for (const delivery of deliveries) this.set({ target: delivery.target.name }, await delivery.outstanding());
      } catch {
        // While the database cannot be asked, no value is better than an old one.
      }
    },
  });
}
