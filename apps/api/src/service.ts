import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { START } from '@connections/event-store/event-store';
import type { Projector } from '@connections/event-store/projector';
import { Sessions } from '@connections/directory/sessions';
import { requireAcceptance } from '@connections/host/acceptance';
import { auditOf } from '@connections/host/audit';
import type { Configuration } from '@connections/host/configuration';
import { requireFollowedLog, requireLogFile } from '@connections/host/followed-log';
import { placeNames } from '@connections/host/place-names';
import { closeStores, filesOf, openStores, type Stores } from '@connections/host/stores';
import { ApiModule } from './api.module';
import { type Signing, signingOf } from './audit/signing';
import { CONNECTIONS_PATH } from './connections/connections.controller';
import { serveDashboard } from './dashboard/serve-dashboard';
import { applyConventions, serverOptions } from './http/conventions';
import { Idempotency } from './http/idempotency';
import { RememberedReads } from './http/remembered-reads';
import { serveDocumentation } from './openapi/serve-documentation';
import { Metrics } from './operations/metrics';
import { projectorsOf } from './projectors';
import { ShortWay } from './share-checks/short-way';

export interface Service {
  /** The address that it listens on, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  readonly stores: Stores;
  /** Answers the requests under way, then releases everything. */
  close(): Promise<void>;
}

const HOUR = 3_600_000;

/** On closing, in milliseconds: how often idle connections are closed, and after how long all others are. */
const IDLE_CHECK = 20;
const CLOSING_PATIENCE = 10_000;
/** On closing: how long the tree may take to catch up with the log, in milliseconds. */
const CATCHING_UP = 1_000;

/** Opens the stores, brings the read model up to date as far as possible, and listens. @throws when it cannot serve. */
export async function startService(configuration: Configuration, log: Logger): Promise<Service> {
  const { DATA_DIR, EVENTSTORE_URL, DATABASE_URL } = configuration;
  if (EVENTSTORE_URL === undefined && DATABASE_URL === undefined) requireLogFile(filesOf(DATA_DIR));
  const stores = await openStores(configuration, { log });
  const projectors = projectorsOf(stores, log);
  let signing: Signing | undefined;
  let app: NestFastifyApplication | undefined;
  try {
    const audit = auditOf(stores, configuration, projectors.tree);
    const { log: place } = placeNames(configuration);
    if (EVENTSTORE_URL === undefined) {
      if (!(await requireFollowedLog(stores, place))) await tellOfNewDatabase(stores, place, log);
    } else await requireAcceptance(stores.eventStore, place, log);
    signing = await signingOf(audit, { configuration, stores, projectors, log });
    app = await createApplication({ configuration, stores, projectors, audit, signing, log });
    serveDashboard(app.getHttpAdapter().getInstance());
    const idempotency = app.get(Idempotency);
    await idempotency.start();
    await projectors.start();
    await app.listen(configuration.PORT, configuration.HOST);
    signing.start();
    const sessions = app.get(Sessions);
    const housekeeping = setInterval(() => {
      sessions.forgetOld(Date.now()).catch((err: unknown) => log.warn({ err }, 'old sessions were not removed'));
      idempotency.forgetOld().catch((err: unknown) => log.warn({ err }, 'old idempotency records were not removed'));
    }, HOUR);
    const [listening, signs] = [app, signing];
    return {
      url: urlOf(app, configuration.HOST),
      stores,
      close: async () => {
        clearInterval(housekeeping);
        await stopListening(listening);
        await signs.stop();
        if (EVENTSTORE_URL === undefined) await caughtUp(projectors.tree, stores);
        await projectors.stop();
        await closeStores(stores);
      },
    };
  } catch (error) {
    await app?.close();
    await signing?.stop();
    await projectors.stop();
    await closeStores(stores);
    throw error;
  }
}

/** Only read models are rebuilt from the log; organizations, keys and texts are not. */
async function tellOfNewDatabase({ eventStore }: Stores, place: string, log: Logger): Promise<void> {
  const head = await eventStore.head();
  if (head === START) return;
  log.warn(
    { log: place, head },
    'the database is new, and the log is not: organizations, keys and texts that there were are not in it. If it was lost, stop, and restore it from a back-up',
  );
}

/**
 * Answers the requests under way and accepts no more. Connections that become idle meanwhile are closed here: otherwise
 * they would stay open for a next request, for as long as a request may take.
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
 * A single process completes its tree, so that proofs can be made without the service. Errors are ignored here: they
 * are temporary, or reported elsewhere.
 */
async function caughtUp(tree: Projector, { eventStore }: Stores): Promise<void> {
  await eventStore.head().then(
    (head) => tree.reached(head, CATCHING_UP),
    () => undefined,
  );
}

/** The application without a port, for callers that only want its routes. */
export async function createApplication(parts: Parameters<typeof ApiModule.of>[0]): Promise<NestFastifyApplication> {
  // No route uses Express-style middleware, so no request should search for any.
  const adapter = new FastifyAdapter({ ...serverOptions(parts.configuration), skipMiddie: true });
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.of(parts), adapter, {
    logger: false,
    bodyParser: false,
    abortOnError: false,
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  applyConventions(fastify);
  app.get(Metrics).observe(fastify);
  app.get(ShortWay).open(fastify);
  app.get(RememberedReads).open(fastify, [CONNECTIONS_PATH, `${CONNECTIONS_PATH}/:id`]);
  serveDocumentation(app);
  await app.init();
  return app;
}

function urlOf(app: NestFastifyApplication, host: string): string {
  const { port } = app.getHttpServer().address() as { port: number };
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`;
}
