import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { closeStores, connectionsProjection, openStores, rebuild } from './built.mts';
import { BuiltProjector, createEmpty, ProjectionLease } from './built-cluster.mts';
import { processorSecondsOf } from './processes.mts';

/** The service's two ways to fill its read model. */
export type Way = 'rebuild' | 'projector';

/** What is asked of a process that fills the read model of a new PostgreSQL database. */
export interface ProjectingWork {
  readonly way: Way;
  /**
   * `service` projects the log, `recorded` does and keeps every statement, and `bare driver`, the ceiling, sends those
   * that were kept last.
   */
  readonly by: 'service' | 'recorded' | 'bare driver';
  /** Where the log is. */
  readonly dataDir: string;
  readonly url: string;
}

export interface Projected {
  readonly seconds: number;
  /** Seconds of this process's processor time. */
  readonly cpuSeconds: number;
  /** Seconds of processor time of those of PostgreSQL's processes that served this one. */
  readonly databaseSeconds: number;
  /** Rows by status, and the checkpoint, so that both can be seen to have done the same. */
  readonly rows: string;
}

interface Statement {
  readonly text: string;
  readonly values: unknown[];
  readonly name?: string;
}

/** What a session of the service is told at its beginning: libs/database/src/postgres-database.ts. */
const SESSION = '-c synchronous_commit=off -c enable_seqscan=off -c jit=off';
/** Longest wait for the projector, in milliseconds. */
const PATIENCE = 600_000;

const log = { info: () => undefined, warn: console.error, error: console.error };
const kept = new Map<Way, Statement[]>();

async function project({ way, by, dataDir, url }: ProjectingWork): Promise<Projected> {
  const stores = await openStores({ DATA_DIR: dataDir, DATABASE_URL: url });
  try {
    if (by === 'bare driver') return await byDriver(kept.get(way) ?? [], url);
    const work = way === 'rebuild' ? byRebuild : byProjector;
    return await measured(url, () => (by === 'recorded' ? recording(way, () => work(stores)) : work(stores)));
  } finally {
    await closeStores(stores);
  }
}

type Stores = Awaited<ReturnType<typeof openStores>>;

async function byRebuild({ eventStore, database }: Stores): Promise<void> {
  await rebuild(eventStore, database.as(), connectionsProjection);
}

/** The projector follows the log from its beginning, under the lease that several instances share. */
async function byProjector({ eventStore, database }: Stores): Promise<void> {
  await createEmpty(database.as(), connectionsProjection);
  const lease = new ProjectionLease(database.as(), 'projection connections 1', randomUUID());
  const projector = new BuiltProjector(eventStore, database.as(), connectionsProjection, log, lease);
  await projector.start();
  const reached = await projector.reached(await eventStore.head(), PATIENCE);
  await projector.stop();
  if (!reached) throw new Error('The projector did not reach the end of the log.');
}

/** The ceiling: the very statements, one after another over one connection, with nothing read, folded or built. */
async function byDriver(statements: readonly Statement[], url: string): Promise<Projected> {
  const client = new pg.Client({ connectionString: url, options: SESSION });
  await client.connect();
  try {
    return await measured(url, async () => {
      for (const statement of statements) await client.query(statement);
    });
  } finally {
    await client.end();
  }
}

/** Keeps every statement that is sent while some work is done. */
async function recording(way: Way, work: () => Promise<void>): Promise<void> {
  const statements: Statement[] = [];
  kept.set(way, statements);
  const { prototype } = pg.Client;
  const send = Reflect.get(prototype, 'query') as (...args: readonly unknown[]) => unknown;
  const keepAndSend = function (this: pg.Client, ...args: readonly unknown[]): unknown {
    statements.push(args[0] as Statement);
    return Reflect.apply(send, this, args);
  };
  Reflect.set(prototype, 'query', keepAndSend);
  try {
    await work();
  } finally {
    Reflect.set(prototype, 'query', send);
  }
}

async function measured(url: string, work: () => Promise<void>): Promise<Projected> {
  const databaseBefore = await databaseSeconds(url);
  const started = performance.now();
  const cpuBefore = process.cpuUsage();
  await work();
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    seconds,
    cpuSeconds: (user + system) / 1_000_000,
    databaseSeconds: (await databaseSeconds(url)) - databaseBefore,
    rows: await rowsOf(url),
  };
}

/** Of those of its processes that serve this database now. */
async function databaseSeconds(url: string): Promise<number> {
  const others = 'select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()';
  const processes = (await ask(url, others)) as readonly { readonly pid: number }[];
  return processes.reduce((sum, { pid }) => sum + processorSecondsOf(pid), 0);
}

async function rowsOf(url: string): Promise<string> {
  const columns = 'count(*) as rows, sum(revision) as revisions, min(updated_at) as first, max(updated_at) as last';
  const rows = await ask(url, `select status, ${columns} from connections group by status order by status`);
  return JSON.stringify([...rows, ...(await ask(url, 'select * from projections'))]);
}

async function ask(url: string, statement: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

process.on('message', (work: ProjectingWork) => {
  project(work).then(
    (projected) => process.send?.(projected),
    (error: unknown) => process.send?.({ problem: error instanceof Error ? error.stack : String(error) }),
  );
});

process.on('disconnect', () => process.exit());
