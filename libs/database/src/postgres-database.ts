import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { Database, type Durability } from './database';
import { MIGRATIONS_TABLE } from './migrate';
import { whyNotOpened } from './postgres-errors';
import { PostgresSessions } from './postgres-sessions';
import { DatabaseUnavailable, UnusableDatabase } from './unusable';

export interface PostgresOptions {
  /** Connections of this process at most. */
  readonly connections?: number;
}

const CONNECTIONS = 10;
/** How long to wait for a connection, made anew or given back, in milliseconds. */
const CONNECT_PATIENCE = 5_000;
/** How long a connection is kept that nobody needs, in milliseconds. */
const KEPT_IDLE = 60_000;
/** After so long PostgreSQL gives a statement up, or a transaction in which nothing is asked, in milliseconds. */
const STATEMENT_PATIENCE = 10_000;
/** How long whoever locks a table waits for those who use it, in milliseconds: new ones wait behind him meanwhile. */
const LOCK_PATIENCE = 1_000;
/** After so long it is given up here, since PostgreSQL says nothing any more, in milliseconds. */
const ANSWER_PATIENCE = 15_000;
/** How soon a connection without any traffic is checked for whether the other side is still there, in milliseconds. */
const KEEP_ALIVE_AFTER = 10_000;

/**
 * A database on a PostgreSQL server.
 * @param url as the driver takes it: `postgresql://user:password@host:port/database?sslmode=…`.
 * @throws UnusableDatabase when somebody has to do something about it, DatabaseUnavailable when it is away.
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
  // A connection that is lost is told to whoever uses it, and replaced; without these lines it would end the process.
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
    // Not waited for: the driver waits without end for a connection that it could not even begin to make.
    database.close().catch(() => undefined);
    throw whyNotOpened(error, place);
  }
}

/** What sessions are told at their beginning, where it costs nothing. */
const SESSION = [
  // Relaxed is what a session does by itself; a transaction that is to be durable says so.
  'synchronous_commit=off',
  // Every statement has an index to go by. A plan made while a table was small is kept when it is large.
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

/** A connection that was made before the server became read-only may find out later than a new one. */
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

/** What may stand in the URL behind the `?`: the driver passes over any other in silence, a misspelt `sslmode` as well. */
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

/** Those that are whole numbers, with the largest: a timer that is longer, in milliseconds, would end at once. */
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
    // It may be a piece of a password.
    if (!isKnown && options.toString().includes('%40')) throw new Error(NOT_ENCODED);
    if (!isKnown) throw new Error(`it has an option ${name}, which is none; there are ${KNOWN_OPTIONS.join(', ')}`);
    if (value === '') throw new Error(`it gives its option ${name} no value`);
    const largest = LARGEST[name];
    if (largest !== undefined && !(/^\d{1,10}$/.test(value) && Number(value) <= largest))
      throw new Error(`its option ${name} must be a whole number of at most ${largest}`);
  }
}

const NOT_ENCODED = 'its user and password have to be percent-encoded';

/** Where the database is, without the password, and how the driver is to be told of it. */
function parsed(url: string): { place: string; connectionString: string } {
  try {
    if (!URL.canParse(url)) throw new Error('it is no URL');
    const { protocol, host, pathname, searchParams } = new URL(url);
    if (!/^postgres(ql)?:$/.test(protocol)) throw new Error('it does not begin with postgresql://');
    // A password with a / in it reads as if the user were the host, and the password the database.
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
    // Reads the certificates that the URL names, and opens nothing.
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
  /** Null when there is none of those that the search path names. */
  readonly schema: string | null;
  readonly mine: boolean;
  readonly tables: readonly string[];
}

/** @throws UnusableDatabase when the database is not, or cannot become, one of this service. */
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

/** The type of times in milliseconds and of counts; the driver gives it as text. */
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, wholeNumber);

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number)) return number;
  throw new RangeError(`The database gave ${text}, which is beyond the whole numbers that JavaScript can hold.`);
}
