import { type Kysely, sql } from 'kysely';
import type { Subtree } from '@connections/audit/merkle-tree';
import { lastLeaf } from '@connections/audit/tree-statements';
import type { Database } from '@connections/database/database';
import { nowOf } from '@connections/database/dialect';
import { leaseOfProjection } from '@connections/event-store/lease';
import { openPostgresDatabase } from '@connections/host/postgres';
import type { Tables } from '@connections/host/stores';
import { projections } from '../projection-state';
import { type Check, check, type Finding, ok, problem, warning } from './check';
import { migrationFinding } from './migration-finding';
import type { DatabasePart, Signed, Surroundings } from './parts';
import { rootBy, subtreesAt } from './tree-root';

type Opened = Database<Tables & { migrations: { name: string } }>;

const REACH = 'The service does not start before that is done.';
const ASK = 'Run this again; if it stays, ask for help with this line.';

/** The tables of this service, except that of migrations. */
const TABLES = Object.keys({
  organizations: true,
  api_keys: true,
  projections: true,
  leases: true,
  connections: true,
  tree: true,
  feed: true,
  idempotency: true,
  checkpoints: true,
  audit_keys: true,
  checkpoint_deliveries: true,
  texts: true,
  text_removals: true,
  accesses: true,
  access_ends: true,
  people: true,
  memberships: true,
  invitations: true,
  sessions: true,
} satisfies Record<keyof Tables, true>);

/** Read models, directory and keys on a server. Nothing is created or changed. */
export function databaseServer(url: string, place: string): DatabasePart {
  // One attempt, shared by all checks: an unreachable server is reported, and not waited for by each of them.
  let opening: Promise<Opened> | undefined;
  const open = (): Promise<Opened> => (opening ??= openPostgresDatabase(url, { connections: 2 }));
  const rowsOf = <Row>(look: (reader: Opened['reader']) => Promise<Row[]>): Promise<Row[]> =>
    // Reported by the checks.
    open().then(({ reader }) => look(reader)).catch(() => []); // prettier-ignore
  return {
    projectionRows: () => rowsOf((reader) => reader.selectFrom('projections').selectAll().execute()),
    async lastLeaf() {
      const { reader } = await open();
      return (await hasTable(reader, 'tree')) ? lastLeaf(reader, 'tree') : null;
    },
    signed: async () => signedIn((await open()).reader),
    rootAt: async (size) => rootAt((await open()).reader, size),
    newestConnections: async (limit) => {
      const rows = await rowsOf((reader) =>
        reader.selectFrom('connections').select('id').orderBy('created_position', 'desc').limit(limit).execute(),
      );
      return rows.map(({ id }) => id);
    },
    checks: (surroundings) => checks(open, place, surroundings),
    close: () => open().then((database) => database.close()).catch(() => undefined), // prettier-ignore
  };
}

async function checks(open: () => Promise<Opened>, place: string, surroundings: Surroundings): Promise<Check[]> {
  const server = await check('database-server', async () => serverFinding(await open(), place, surroundings), REACH);
  if (server.status !== 'ok') return [server];
  const { reader } = await open();
  const executed = await check('migrations', async () => migrationFinding(await executedMigrations(reader)), ASK);
  const rights = await check('database-rights', () => rightsFinding(reader), ASK);
  if (executed.status !== 'ok') return [server, rights, executed];
  const leases = projections.map(({ name, version }) =>
    check(`lease of ${name}`, () => leaseFinding(reader, leaseOfProjection({ name, version })), ASK),
  );
  return [server, rights, executed, ...(await Promise.all(leases))];
}

async function serverFinding({ reader }: Opened, place: string, { otherIsUsed }: Surroundings): Promise<Finding> {
  const { rows } = await sql<{ version: string; used: boolean }>`
    select current_setting('server_version') as version, to_regclass('migrations') is not null as used`.execute(reader);
  const [found] = rows;
  if (found?.used) return ok(`${place} is a database of this service, on PostgreSQL ${found.version}.`);
  return otherIsUsed
    ? problem(
        `${place} is empty, and the log is not.`,
        'Restore it, or correct DATABASE_URL: it holds organizations and API keys. Connections by themselves come back from the log.',
      )
    : warning(`${place} is empty.`, 'Start the service, which lays it out.');
}

const executedMigrations = async (reader: Opened['reader']): Promise<string[]> =>
  (await reader.selectFrom('migrations').select('name').execute()).map(({ name }) => name);

async function signedIn(reader: Opened['reader']): Promise<Signed | null> {
  if (!(await hasTable(reader, 'checkpoint_deliveries'))) return null;
  const undelivered = async (target: string): Promise<number> => {
    const delivered = sql<number>`coalesce((select size from checkpoint_deliveries where target = ${target}), -1)`;
    const { n } = await reader
      .selectFrom('checkpoints')
      .select((checkpoints) => checkpoints.fn.countAll<number>().as('n'))
      .where('size', '>', delivered)
      .executeTakeFirstOrThrow();
    return n;
  };
  const [row] = await reader.selectFrom('checkpoints').select('note').orderBy('size', 'desc').limit(1).execute();
  const newest = row?.note ?? null;
  const keys = await reader.selectFrom('audit_keys').select(['line', 'retired_at']).execute();
  return {
    keys: keys.map(({ line }) => line),
    retired: keys.filter(({ retired_at: at }) => at !== null).map(({ line }) => line),
    newest,
    undelivered: { folder: await undelivered('folder'), url: await undelivered('url') },
  };
}

async function rootAt(reader: Opened['reader'], size: number): Promise<string | null> {
  if (!(await hasTable(reader, 'tree'))) return null;
  const hashOf = ({ level, index }: Subtree) =>
    reader.selectFrom('tree').select('hash').where('level', '=', level).where('idx', '=', index).executeTakeFirst();
  return rootBy((await Promise.all(subtreesAt(size).map(hashOf))).map((node) => node?.hash));
}

async function hasTable(reader: Opened['reader'], table: keyof Tables): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`select to_regclass(${table}) is not null as found`.execute(reader);
  return rows[0]?.found ?? false;
}

/** A rebuild replaces tables, which only their owner may do. */
async function rightsFinding(reader: Opened['reader']): Promise<Finding> {
  const { rows } = await sql<{ user: string; others: string[] }>`
    select
      current_user::text as "user",
      array(
        select tablename::text from pg_tables
        where schemaname = current_schema()
          and tablename in (${sql.join([...TABLES, 'migrations'])})
          and not pg_has_role(tableowner, 'usage')
        order by tablename
      ) as others`.execute(reader);
  const [{ user, others } = { user: '', others: [] }] = rows;
  if (others.length === 0) return ok(`The user ${user} owns the tables.`);
  const details = `The user ${user} does not own ${others.join(', ')}.`;
  return problem(details, `Let a superuser make it the owner of each: alter table … owner to ${user}.`);
}

/** Which process feeds a projection. */
async function leaseFinding(reader: Kysely<Tables>, name: string): Promise<Finding> {
  const now = nowOf(reader);
  const lease = await reader
    .selectFrom('leases')
    .select(['holder', 'held_until', sql<number>`held_until - ${now}`.as('left')])
    .where('name', '=', name)
    .executeTakeFirst();
  if (lease === undefined || lease.left <= 0) {
    const advice = 'Start the service. Where it runs, one of its processes takes the lease within seconds.';
    return warning('No process feeds the projection.', advice);
  }
  return ok(
    `Process ${lease.holder} feeds the projection; unless it renews its lease, another one does in ${lease.left} ms.`,
  );
}
