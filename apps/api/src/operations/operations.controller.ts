import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { JsonObject } from '@connections/event-store/event-store';
import { Projector } from '@connections/event-store/projector';
import { Documented } from '../openapi/documented';
import { checkLiveness, checkReadiness, readMetrics } from '../openapi/service-operations';
import { Metrics } from './metrics';
import type { Probe } from './probe';
import { Probes } from './probes';

/** For those who run the service: open to whoever can reach the port. */
@Controller()
export class OperationsController {
  constructor(
    private readonly probes: Probes,
    private readonly projector: Projector,
    private readonly metrics: Metrics,
  ) {}

  /** The process runs. */
  @Documented(checkLiveness)
  @Get('livez')
  live(): JsonObject {
    return { status: 'ok' };
  }

  /** The service can do its work; 503 names the part that cannot. */
  @Documented(checkReadiness)
  @Get('readyz')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<JsonObject> {
    const [eventStore, database] = await Promise.all([stateOf(this.probes.eventStore), stateOf(this.probes.database)]);
    const { name, state, position, problem } = this.projector.status;
    const follows = (state === 'running' || state === 'standby') && problem === null;
    const ready = eventStore['state'] === 'ok' && database['state'] === 'ok' && follows;
    void reply.status(ready ? 200 : 503);
    return {
      status: ready ? 'ready' : 'not-ready',
      'event-store': eventStore,
      database,
      projections: [{ name, state, position, problem }],
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

async function stateOf(probe: Probe<unknown>): Promise<JsonObject> {
  try {
    await probe.ask();
    return { state: 'ok' };
  } catch (error) {
    return { state: 'down', problem: error instanceof Error ? error.message : String(error) };
  }
}
