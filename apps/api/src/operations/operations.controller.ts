import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { JsonObject } from '@connections/event-store/event-store';
import type { Projector } from '@connections/event-store/projector';
import { Signing } from '../audit/signing';
import { Documented } from '../openapi/documented';
import { checkLiveness, checkReadiness, readMetrics } from '../openapi/service-operations';
import { Metrics } from './metrics';
import type { Probe } from './probe';
import { Projectors } from '../projectors';
import { Probes } from './probes';

/** For operators: open to everybody who can reach the port. */
@Controller()
export class OperationsController {
  constructor(
    private readonly probes: Probes,
    private readonly projectors: Projectors,
    private readonly signing: Signing,
    private readonly metrics: Metrics,
  ) {}

  /** Whether the process runs. */
  @Documented(checkLiveness)
  @Get('livez')
  live(): JsonObject {
    return { status: 'ok' };
  }

  /** Whether the service can do its work; 503 names the part that cannot. */
  @Documented(checkReadiness)
  @Get('readyz')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<JsonObject> {
    const [eventStore, database] = await Promise.all([stateOf(this.probes.eventStore), stateOf(this.probes.database)]);
    // The tree and signatures do not count: commands and reads need neither.
    const follows = isWell(this.projectors.connections);
    const ready = eventStore['state'] === 'ok' && database['state'] === 'ok' && follows;
    void reply.status(ready ? 200 : 503);
    return {
      status: ready ? 'ready' : 'not-ready',
      'event-store': eventStore,
      database,
      projections: this.projectors.all.map(({ status: { name, state, position, problem } }) => ({
        name,
        state,
        position,
        problem,
      })),
      checkpoints: checkpointState(this.signing),
    };
  }

  /** Counters for Prometheus. */
  @Documented(readMetrics)
  @Get('metrics')
  async scrape(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.type(this.metrics.contentType);
    return this.metrics.scrape();
  }
}

function isWell({ status: { state, problem } }: Projector): boolean {
  return (state === 'running' || state === 'standby') && problem === null;
}

function checkpointState({ checkpointer, deliveries }: Signing): JsonObject {
  const { state, problem, size } = checkpointer.status;
  const deliveryProblems = deliveries.flatMap((delivery) => delivery.problem ?? []);
  return { state, size, problem, 'delivery-problems': deliveryProblems };
}

async function stateOf(probe: Probe<unknown>): Promise<JsonObject> {
  try {
    await probe.ask();
    return { state: 'ok' };
  } catch (error) {
    return { state: 'down', problem: error instanceof Error ? error.message : String(error) };
  }
}
