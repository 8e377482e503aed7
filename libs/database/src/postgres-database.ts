import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { Database, type Durability } from './database';
import { MIGRATIONS_TABLE } from './migrate';
import { whyNotOpened } from './postgres-errors';
import { PostgresSessions } from './postgres-sessions';
import { DatabaseUnavailable, UnusableDatabase } from './unusable';

export interface PostgresOptions {
  /** The most connections of this process. */
  readonly connections?: number;
}

const CONNECTIONS = 10;
/** How long to wait for a connection, new or returned to the pool, in milliseconds. */
const CONNECT_PATIENCE = 5_000;
/** How long an idle connection is kept, in milliseconds. */
const KEPT_IDLE = 60_000;
/** PostgreSQL ends a statement, or an idle transaction, after this time, in milliseconds. */
const STATEMENT_PATIENCE = 10_000;
/** How long to wait for a table lock, in milliseconds: later users of the table queue up behind the waiter. */
const LOCK_PATIENCE = 1_000;
/** How long to wait for an answer when PostgreSQL falls silent, in milliseconds. */
const ANSWER_PATIENCE = 15_000;
/** How soon an idle connection is probed for whether the other side is still there, in milliseconds. */
const KEEP_ALIVE_AFTER = 10_000;

/**
 * A database on a PostgreSQL server.
 * @param url as the driver takes it: `postgresql://user:password@host:port/database?sslmode=…`.
 * @throws UnusableDatabase when somebody has to act, DatabaseUnavailable when the server is away.
 */
export async function openPostgresDatabase<Tables>(
  url: string,
  options: PostgresOptions = {},
): Promise<Database<Tables>> {
  const { place, connectionString } = parsed(url);
  const pool = new pg.Pool({
    connectionString,
    max: options.connections ?? CONNECTIONS,
    connectionTimeoutMillis: CONNECT_PATIENCE,
    idleTimeoutMillis: KEPT_IDLE,
    statement_timeout: STATEMENT_PATIENCE,
    idle_in_transaction_session_timeout: STATEMENT_PATIENCE,
    query_timeout: ANSWER_PATIENCE,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER,
    application_name: 'connections',
    types,
  });
  // A lost connection is reported to its user and replaced; without these listeners it would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const sessions = new PostgresSessions(pool);
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: sessions }) });
  const database = new Database(kysely, kysely, {
    name: 'postgres',
    transaction,
    async lock(tx, table) {
      await sql.raw(`set local lock_timeout = ${LOCK_PATIENCE}`).execute(tx);
      await sql`lock table ${sql.table(table)} in share row exclusive mode`.execute(tx);
    },
    probe: () => probe(kysely),
    run: (text, parameters) => sessions.query(text, parameters),
    pool,
    close: () => sessions.end(),
  });
  try {
    await accept(database, place);
    return database;
  } catch (error) {
    // Not awaited: the driver waits for ever for a connection that it could not begin to make.
    database.close().catch(() => undefined);
    throw whyNotOpened(error, place);
  }
}

/** Settings sent when a session starts, where they cost nothing. */
const SESSION = [
  // Sessions are relaxed by default; a durable transaction sets this itself.
  'synchronous_commit=off',
  // Every statement has an index to use; otherwise a plan made for a small table would be kept when it is large.
  'enable_seqscan=off',
  // Compiling a statement takes longer than running any of these.
  'jit=off',
];

async function transaction<Tables, T>(
  writer: Kysely<Tables>,
  durability: Durability,
  work: (tx: Kysely<Tables>) => Promise<T>,
): Promise<T> {
  return writer.transaction().execute(async (tx) => {
    if (durability === 'durable') await sql`set local synchronous_commit = on`.execute(tx);
    return work(tx);
  });
}

/** Queries the server's state: an old connection may not notice for a while that the server has become read-only. */
async function probe<Tables>(reader: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<{ standby: boolean; closed: boolean }>`
    select pg_is_in_recovery() as standby, current_setting('transaction_read_only')::boolean as closed`.execute(reader);
  if (!rows[0]?.closed) return;
  throw new DatabaseUnavailable(
    rows[0].standby
      ? 'The database takes no writes: it is a standby. Name its primary in DATABASE_URL.'
      : 'The database takes no writes: default_transaction_read_only is on, for it or for this user.',
  );
}

/** The options that the URL may have: the driver silently ignores all others, even a misspelt `sslmode`. */
const KNOWN_OPTIONS = [
  'application_name',
  'enableChannelBinding',
  'host',
  'idle_in_transaction_session_timeout',
  'lock_timeout',
  'options',
  'password',
  'port',
  'query_timeout',
  'ssl',
  'sslcert',
  'sslkey',
  'sslmode',
  'sslnegotiation',
  'sslrootcert',
  'statement_timeout',
  'uselibpqcompat',
  'user',
];

/** The options that are whole numbers, with their largest values: a longer timer, in milliseconds, fires at once. */
const LARGEST: Readonly<Record<string, number>> = {
  port: 65_535,
  idle_in_transaction_session_timeout: 2_147_483_647,
  lock_timeout: 2_147_483_647,
  query_timeout: 2_147_483_647,
  statement_timeout: 2_147_483_647,
};

function refuseWrong(options: URLSearchParams): void {
  for (const [name, value] of options) {
    const isKnown = KNOWN_OPTIONS.includes(name);
    // It may be part of a password.
    if (!isKnown && options.toString().includes('%40')) throw new Error(NOT_ENCODED);
    if (!isKnown) throw new Error(`it has an option ${name}, which is none; there are ${KNOWN_OPTIONS.join(', ')}`);
    if (value === '') throw new Error(`it gives its option ${name} no value`);
    const largest = LARGEST[name];
    if (largest !== undefined && !(/^\d{1,10}$/.test(value) && Number(value) <= largest))
      throw new Error(`its option ${name} must be a whole number of at most ${largest}`);
  }
}

const NOT_ENCODED = 'its user and password have to be percent-encoded';

/** The place of the database, without the password, and the connection string for the driver. */
function parsed(url: string): { place: string; connectionString: string } {
  try {
    if (!URL.canParse(url)) throw new Error('it is no URL');
    const { protocol, host, pathname, searchParams } = new URL(url);
    if (!/^postgres(ql)?:$/.test(protocol)) throw new Error('it does not begin with postgresql://');
    // With an unencoded / in the password, the user is parsed as the host, and the password as the database.
    if (pathname.includes('@')) throw new Error(NOT_ENCODED);
    if (url.includes('%00')) throw new Error('it holds a NUL character, %00');
    refuseWrong(searchParams);
    searchParams.set(
      'options',
      [searchParams.get('options') ?? [], SESSION.map((setting) => `-c ${setting}`)].flat().join(' '),
    );
    const withOptions = new URL(url);
    withOptions.search = searchParams.toString();
    const connectionString = withOptions.href;
    // Validates the certificates that the URL names; opens no connection.
    new pg.Client({ connectionString });
    return { place: `${searchParams.get('host') ?? host}${pathname}`, connectionString };
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
    throw new UnusableDatabase(
      `DATABASE_URL cannot be used: ${why}. Write it as postgresql://user:password@host:5432/database.`,
    );
  }
}

interface Found {
  readonly encoding: string;
  readonly standby: boolean;
  /** Null if no schema of the search path exists. */
  readonly schema: string | null;
  readonly mine: boolean;
  readonly tables: readonly string[];
}

/** @throws UnusableDatabase when the database is not this service's, or cannot become so. */
async function accept<Tables>(database: Database<Tables>, place: string): Promise<void> {
  const { rows } = await sql<Found>`
    select
      current_setting('server_encoding') as encoding,
      pg_is_in_recovery() as standby,
      current_schema() as schema,
      has_schema_privilege(current_schema(), 'create') as mine,
      array(select tablename::text from pg_tables where schemaname = current_schema()) as tables`.execute(
    database.reader,
  );
  const [found] = rows;
  if (found === undefined) return;
  const refuse = (what: string, todo: string): never => {
    throw new UnusableDatabase(`The PostgreSQL database at ${place} ${what}. Nothing was changed; ${todo}.`);
  };
  if (found.encoding !== 'UTF8') refuse(`is encoded in ${found.encoding}`, 'create one with encoding UTF8');
  if (found.standby) refuse('is a standby, which cannot be written', 'name its primary in DATABASE_URL');
  if (found.schema === null) refuse('has no schema on its search_path', 'create it, or correct DATABASE_URL');
  if (!found.mine) refuse(`lets this user make no tables in schema ${found.schema}`, 'grant it CREATE on that schema');
  if (found.tables.length > 0 && !found.tables.includes(MIGRATIONS_TABLE))
    refuse('holds tables of something else', 'name another database, or a schema of its own, in DATABASE_URL');
}

/** The type of times in milliseconds and of counts, which the driver returns as text by default. */
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, wholeNumber);

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number)) return number;
  throw new RangeError(`The database gave ${text}, which is beyond the whole numbers that JavaScript can hold.`);
}
