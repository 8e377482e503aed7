import { randomUUID } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { connectionsProjection } from '@connections/connection/read-model/connections.projection';
import { UnusableFile } from '@connections/database/unusable';
import { START } from '@connections/event-store/event-store';
import { Lease } from '@connections/event-store/lease';
import { Projector } from '@connections/event-store/projector';
import { requireAcceptance } from '@connections/host/acceptance';
import type { Configuration } from '@connections/host/configuration';
import { placeNames } from '@connections/host/place-names';
import { closeStores, filesOf, openStores, type Stores } from '@connections/host/stores';
import { ApiModule } from './api.module';
import { applyConventions, serverOptions } from './http/conventions';
import { Idempotency } from './http/idempotency';
import { serveDocumentation } from './openapi/serve-documentation';
import { Metrics } from './operations/metrics';

export interface Service {
  /** Where it listens, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  readonly stores: Stores;
  /** Answers what is under way, then lets go of everything. */
  close(): Promise<void>;
}

const HOUR = 3_600_000;

/** At the end: how often idle connections are cut, and after how long the others are, in milliseconds. */
const IDLE_CHECK = 20;
const CLOSING_PATIENCE = 10_000;

/** Opens the stores, brings the read model up as far as that can be done now, listens. @throws when it cannot serve. */
export async function startService(configuration: Configuration, log: Logger): Promise<Service> {
  const stores = await openStores(configuration, { log });
  const projector = projectorOf(stores, log);
  let app: NestFastifyApplication | undefined;
  try {
    if (configuration.EVENTSTORE_URL === undefined) await requireLog(stores, configuration);
    else await requireAcceptance(stores.eventStore, placeNames(configuration).log, log);
    app = await createApplication({ configuration, stores, projector, log });
    const idempotency = app.get(Idempotency);
    await idempotency.start();
    await projector.start();
    await app.listen(configuration.PORT, configuration.HOST);
    const housekeeping = setInterval(() => {
      idempotency.forgetOld().catch((err: unknown) => log.warn({ err }, 'old idempotency records were not removed'));
    }, HOUR);
    const listening = app;
    return {
      url: urlOf(app, configuration.HOST),
      stores,
      close: async () => {
        clearInterval(housekeeping);
        await stopListening(listening);
        await projector.stop();
        await closeStores(stores);
      },
    };
  } catch (error) {
    await app?.close();
    await projector.stop();
    await closeStores(stores);
    throw error;
  }
}

/** Where processes may share the database, one of those of this version projects. */
function projectorOf({ eventStore, database }: Stores, log: Logger): Projector {
  const { name, version } = connectionsProjection;
  const shared = database.engine.name !== 'sqlite';
  const lease = shared ? new Lease(database.as(), `projection ${name} ${version}`, randomUUID()) : null;
  return new Projector(eventStore, database.as(), connectionsProjection, log, lease);
}

/**
 * Answers the requests under way and takes no more. A connection that falls idle meanwhile would be kept open for its
 * next request, and one whose client sends nothing for as long as a request may take.
 */
async function stopListening(app: NestFastifyApplication): Promise<void> {
  const server = app.getHttpServer();
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK);
  const rest = setTimeout(() => server.closeAllConnections(), CLOSING_PATIENCE);
  try {
    await app.close();
  } finally {
    clearInterval(idle);
    clearTimeout(rest);
  }
}

/**
 * A log that is gone would be made anew and empty, and commands would be answered that contradict what was agreed.
 * @throws UnusableFile when the read model has followed a log that is not there any more.
 */
async function requireLog({ eventStore, database }: Stores, { DATA_DIR }: Configuration): Promise<void> {
  if ((await eventStore.head()) !== START) return;
  const { name } = connectionsProjection;
  const row = await database.reader
    .selectFrom('projections')
    .select('position')
    .where('name', '=', name)
    .executeTakeFirst();
  if (row === undefined || row.position === START) return;
  throw new UnusableFile(
    `${filesOf(DATA_DIR).log} is missing or empty, though the database has followed a log up to position ${row.position}. Restore the log from a back-up; to begin anew, set DATA_DIR to another folder.`,
  );
}

/** The application without a port, for those who only want its routes. */
export async function createApplication(parts: Parameters<typeof ApiModule.of>[0]): Promise<NestFastifyApplication> {
  // No route has middleware of the old kind, so nothing should look for any at each request.
  const adapter = new FastifyAdapter({ ...serverOptions(), skipMiddie: true });
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.of(parts), adapter, {
    logger: false,
    bodyParser: false,
    abortOnError: false,
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  applyConventions(fastify);
  app.get(Metrics).observe(fastify);
  serveDocumentation(app);
  await app.init();
  return app;
}

function urlOf(app: NestFastifyApplication, host: string): string {
  const { port } = app.getHttpServer().address() as { port: number };
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`;
}
