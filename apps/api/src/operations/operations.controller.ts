import { setTimeout as delay } from 'node:timers/promises';
import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { sql } from 'kysely';
import { Database } from '@connections/database/database';
import { EventStore, type JsonObject } from '@connections/event-store/event-store';
import { Projector } from '@connections/event-store/projector';
import { Documented } from '../openapi/documented';
import { checkLiveness, checkReadiness, readMetrics } from '../openapi/service-operations';
import { Metrics } from './metrics';

/** How long a part may take to say that it is there, in milliseconds; whoever asks has little patience as well. */
const PATIENCE = 1_000;

/** For those who run the service: open to whoever can reach the port. */
@Controller()
export class OperationsController {
  constructor(
    private readonly eventStore: EventStore,
    private readonly database: Database<unknown>,
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
    const [eventStore, database] = await Promise.all([
      stateOf(() => this.eventStore.head()),
      stateOf(() => sql`select 1`.execute(this.database.reader)),
    ]);
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

async function stateOf(check: () => Promise<unknown>): Promise<JsonObject> {
  const patience = new AbortController();
  const late = delay(PATIENCE, undefined, { signal: patience.signal }).then(() => {
    throw new Error(`It has not answered for ${PATIENCE} ms.`);
  });
  try {
    await Promise.race([check(), late]);
    return { state: 'ok' };
  } catch (error) {
    return { state: 'down', problem: error instanceof Error ? error.message : String(error) };
  } finally {
    late.catch(() => undefined);
    patience.abort();
  }
}
