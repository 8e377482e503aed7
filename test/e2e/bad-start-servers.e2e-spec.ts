import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { SERVICE } from '../support/built';
import { Client } from '../support/client';
import { createAuthority } from '../support/eventstoredb/certificates';
import { type EventStoreDb, startEventStoreDb } from '../support/eventstoredb/server';
import { type PostgresServer, startPostgres } from '../support/postgres';
import { startService } from '../support/service';
import { temporaryFolder } from '../support/temporary-folder';
import { until } from '../support/until';

/** In every URL of these tests, and to be seen nowhere. */
const SECRET = 'hidden-from-all';

/** A service that does start is ended after so long, in milliseconds, and has no exit code. */
const LONGEST = 20_000;

describe('the start of the service on servers', () => {
  const folder = temporaryFolder();
  const authority = createAuthority('ours');
  const opened: EventStoreDb[] = [];
  let postgres: PostgresServer;
  let encrypted: PostgresServer;
  /** Has a password, and a certificate of the authority. */
  let log: EventStoreDb;
  let healthy: { readonly EVENTSTORE_URL: string; readonly DATABASE_URL: string };

  beforeAll(async () => {
    writeFileSync(join(folder.path, 'ours.pem'), authority.certificate);
    writeFileSync(join(folder.path, 'another.pem'), createAuthority('another').certificate);
    postgres = await startPostgres();
    encrypted = await startPostgres({ tls: authority.issue(['localhost']) });
    log = await logServer({ tls: authority.issue(['localhost']), credentials });
    for (const server of [postgres, encrypted]) {
      await inSql(await server.createDatabase(), `create role service login superuser password '${SECRET}'`);
    }
    healthy = { EVENTSTORE_URL: trusting('ours'), DATABASE_URL: await databaseUrl() };
  }, 60_000);
  afterAll(async () => {
    for (const server of opened) await server.close();
    await postgres.remove();
    await encrypted.remove();
    folder.remove();
  });

  const credentials = { username: 'service', password: SECRET };

  async function logServer(options: Parameters<typeof startEventStoreDb>[0] = {}): Promise<EventStoreDb> {
    const server = await startEventStoreDb(options);
    opened.push(server);
    return server;
  }

  const trusting = (whom: string, { connectionString } = log): string =>
    `${connectionString}&tlsCAFile=${encodeURIComponent(join(folder.path, `${whom}.pem`))}`;

  async function databaseUrl(change: (url: URL) => void = () => undefined, server = postgres): Promise<string> {
    const url = Object.assign(new URL(await server.createDatabase()), { username: 'service', password: SECRET });
    change(url);
    return url.href;
  }

  /** A database in which this was done beforehand. */
  async function databaseWith(...statements: readonly string[]): Promise<string> {
    const url = await databaseUrl();
    for (const statement of statements) await inSql(url, statement);
    return url;
  }

  /** The service does not start, and says why in one message that shows no password. */
  async function expectRefusal(change: NodeJS.ProcessEnv, said: RegExp, ...args: readonly string[]): Promise<void> {
    const env = { ...process.env, ...healthy, DATA_DIR: join(folder.path, 'none'), PORT: '0', ...change };
    const child = spawn(process.execPath, [SERVICE, ...args], { env });
    const enough = setTimeout(() => child.kill('SIGKILL'), LONGEST);
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const [exitCode] = (await once(child, 'close')) as [number | null];
    clearTimeout(enough);
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 1, stdout: '', stderr: expect.stringMatching(said) });
    // Wrong settings are listed below a heading, each in a line of its own.
    expect(stderr.trimEnd().split('\n')).toHaveLength(stderr.startsWith('The configuration is not valid:\n') ? 2 : 1);
    expect(stderr).not.toContain(SECRET);
  }

  it('makes no demonstration whose keys it could not keep', async () => {
    const DATABASE_URL = await databaseUrl();
    const DATA_DIR = join(folder.path, 'ours.pem', 'below');
    await expectRefusal(
      { DATABASE_URL, DATA_DIR, LOG_LEVEL: 'silent' },
      /^\S+below cannot be used: ENOTDIR: not a directory\..*DATA_DIR/,
      '--demo',
    );
    const database = new pg.Client(DATABASE_URL);
    await database.connect();
    const { rows } = await database.query('select id from api_keys union all select id from organizations');
    await database.end();
    expect(rows).toEqual([]);
  });

  describe('stops at an EVENTSTORE_URL', () => {
    it.each<[string, () => Promise<string> | string, RegExp]>([
      ['of another kind', () => `http://service:${SECRET}@localhost:2113`, /EVENTSTORE_URL must be a URL such as esdb/],
      ['that is empty', () => '', /EVENTSTORE_URL must be a URL such as esdb/],
      ['that names no port', () => `esdb://service:${SECRET}@localhost:x?tls=false`, /it looks like esdb:\/\/user/],
      [
        'with an unknown option',
        () => `esdb://service:${SECRET}@localhost:1?colour=blue`,
        /unknown option colour; known are/,
      ],
      [
        'with an option that would do harm',
        () => `esdb://service:${SECRET}@localhost:1?tlsVerifyCert=false`,
        /must not set tlsVerifyCert.*tlsCAFile/,
      ],
      [
        'with a certificate that is not there',
        () => trusting('nobody'),
        /tlsCAFile=.*nobody\.pem, and there is no file/,
      ],
      ['with a wrong password', () => trusting('ours').replace(SECRET, `${SECRET}-not`), /not accept the credentials/],
      ['with no user', () => trusting('ours').replace(/\/\/.*@/, '//'), /does not grant the rights/],
      ['of a server that nobody vouches for', () => log.connectionString, /certificate is not trusted.*tlsCAFile/],
      ['of a server that another authority vouches for', () => trusting('another'), /certificate is not trusted/],
      [
        'of a server whose certificate is for another host',
        async () => trusting('ours', await logServer({ tls: authority.issue(['elsewhere.example']), credentials })),
        /not for this host/,
      ],
      [
        'of a server that does not speak TLS',
        async () => `esdb://localhost:${(await logServer()).port}?tls=true`,
        /does not speak TLS/,
      ],
    ])('%s', async (_, url, said) => expectRefusal({ EVENTSTORE_URL: await url() }, said));
  });

  describe('stops at a DATABASE_URL', () => {
    it.each<[string, () => Promise<string> | string, RegExp]>([
      ['of another kind', () => `mysql://service:${SECRET}@localhost/x`, /DATABASE_URL must be a URL such as postgres/],
      ['that is none', () => `postgresql://service:${SECRET}@:x/y`, /DATABASE_URL cannot be used: it is no URL/],
      [
        'whose host has no name',
        () => `postgresql://service:${SECRET}@nowhere.invalid/connections`,
        /nowhere\.invalid\/connections cannot be reached/,
      ],
      [
        'where nobody listens',
        () => `postgresql://service:${SECRET}@127.0.0.1:1/connections`,
        /127\.0\.0\.1:1\/connections cannot be reached.*ECONNREFUSED.*Start it/,
      ],
      ['with a wrong password', () => databaseUrl((url) => (url.password += '-not')), /refuses the user or the passwo/],
      ['with a wrong user', () => databaseUrl((url) => (url.username = 'nobody')), /refuses the user or the password/],
      ['with a database that is missing', () => databaseUrl((url) => (url.pathname = 'x')), /no such database.*Create/],
      [
        'of a server that nobody vouches for',
        () => databaseUrl((url) => url.searchParams.set('sslmode', 'verify-full'), encrypted),
        /certificate that is not accepted.*sslrootcert/,
      ],
      [
        'of a database that a newer version wrote',
        () =>
          databaseWith(
            'create table migrations (name text, timestamp text)',
            "insert into migrations values ('9999-from-the-future', '2099-01-01')",
          ),
        /written by a newer version.*9999-from-the-future/,
      ],
      [
        'of a database that is another application’s',
        () => databaseWith('create table recipes (name text)'),
        /tables of something else/,
      ],
    ])('%s', async (_, url, said) => expectRefusal({ DATABASE_URL: await url() }, said));

    it('of a standby', async () => {
      const standby = await startPostgres();
      try {
        const url = new URL(await standby.createDatabase());
        await standby.end('INT');
        writeFileSync(join(url.searchParams.get('host') ?? '', 'data', 'standby.signal'), '');
        await standby.start();
        await expectRefusal({ DATABASE_URL: url.href }, /is a standby, which cannot be written.*primary/);
      } finally {
        await standby.remove();
      }
    });

    it('of a server that was ended', async () => {
      const ended = await startPostgres();
      try {
        const url = await ended.createDatabase();
        await ended.end('INT');
        await expectRefusal({ DATABASE_URL: url }, /cannot be reached.*Start it/);
      } finally {
        await ended.remove();
      }
    });
  });

  /** Without the demonstration, which needs the store. */
  async function startPlain(
    servers: Partial<typeof healthy>,
  ): Promise<{ url: string; log: () => string; stop: () => Promise<void> }> {
    const env = { ...process.env, ...healthy, PORT: '0', LOG_LEVEL: 'info', ...servers };
    const child = spawn(process.execPath, [SERVICE], { env, stdio: ['ignore', 'inherit', 'pipe'] });
    const endWithTests = (): boolean => child.kill('SIGKILL');
    process.once('exit', endWithTests);
    let logged = '';
    child.stderr.on('data', (chunk: Buffer) => (logged += chunk.toString()));
    const listening = (): string | undefined => /"url":"([^"]+)".*"listening"/.exec(logged)?.[1];
    const stop = async (): Promise<void> => {
      process.off('exit', endWithTests);
      const ended = once(child, 'close');
      child.kill('SIGTERM');
      await ended;
    };
    await until('it listens', () => listening() !== undefined);
    return { url: listening() ?? '', log: () => logged, stop };
  }

  it('goes on without a store that is away, says where it should be, and serves when it comes', async () => {
    const away = await logServer();
    await away.stop();
    const service = await startPlain({ EVENTSTORE_URL: away.connectionString, DATABASE_URL: await databaseUrl() });
    const anybody = new Client(service.url, null);
    try {
      const whereItShouldBe = new RegExp(`"eventStore":"127.0.0.1:${away.port}".*check that it runs`);
      await until('its log says where the store should be', () => whereItShouldBe.test(service.log()));
      const ready = await anybody.get('/readyz');
      expect(ready.status).toBe(503);
      expect(ready.body).toMatchObject({
        status: 'not-ready',
        'event-store': { state: 'down', problem: expect.stringContaining(`127.0.0.1:${away.port}: `) },
        database: { state: 'ok' },
      });
      expect((await anybody.get('/livez')).status).toBe(200);
      await away.restart();
      await until('it is ready', async () => (await anybody.get('/readyz')).status === 200);
      away.freeze();
      await until('the silence is noticed', async () =>
        /: it has not answered for 1000 ms/.test((await anybody.get('/readyz')).body['event-store'].problem as string),
      );
      away.thaw();
      await until('it is ready again', async () => (await anybody.get('/readyz')).status === 200);
    } finally {
      await service.stop();
    }
  });

  it('is ready in a second process, which stands by and takes over', async () => {
    const servers = { ...healthy, DATABASE_URL: await databaseUrl() };
    const first = await startPlain(servers);
    const second = await startPlain(servers);
    const anybody = new Client(second.url, null);
    const isIn = async (state: string): Promise<boolean> => {
      const [{ status, body }, { text }] = [await anybody.get('/readyz'), await anybody.get('/metrics')];
      return (
        status === 200 &&
        body.projections[0].state === state &&
        text.includes(`projection_state{projection="connections",state="${state}"} 1`)
      );
    };
    try {
      await until('the second stands by', () => isIn('standby'));
      await first.stop();
      await until('the second has taken over', () => isIn('running'));
    } finally {
      await second.stop();
    }
  });

  it('shows no password in what the running service says, whatever becomes of its servers', async () => {
    const own = await startPostgres();
    const DATABASE_URL = await own.createDatabase();
    const rewritten = new URL(DATABASE_URL);
    await inSql(DATABASE_URL, `create role service login superuser password '${SECRET}'`);
    Object.assign(rewritten, { username: 'service', password: SECRET });
    const service = await startService(join(folder.path, 'running'), {
      ...healthy,
      DATABASE_URL: rewritten.href,
      LOG_LEVEL: 'debug',
    });
    const anybody = new Client(service.demo.url, null);
    const said: string[] = [];
    const metrics = async (): Promise<string> => (await anybody.get('/metrics')).text;
    const saysWhatIsDown = async (part: 'event-store' | 'database', where: RegExp): Promise<void> => {
      await until(`${part} is down`, async () => {
        const { status, body, text } = await anybody.get('/readyz');
        said.push(text, await metrics());
        return status === 503 && body[part].state === 'down' && where.test(body[part].problem as string);
      });
    };
    try {
      expect(await metrics()).toMatch(/^event_log_bytes [1-9]/m);
      await log.stop();
      await saysWhatIsDown('event-store', new RegExp(`^localhost:${log.port}: .*No connection established`));
      expect(await metrics()).toMatch(/^event_store_up 0$[^]*^database_up 1$/m);
      expect(await metrics()).not.toMatch(/^(event_log|projection_lag)_bytes[ {]/m);
      await log.restart();
      await own.end('QUIT');
      await saysWhatIsDown('database', /connections-\S+\/connections_test_\w+: /);
      expect(await metrics()).toMatch(/^database_up 0$/m);
      await own.start();
      await until('it is ready again', async () => (await anybody.get('/readyz')).status === 200);
      for (const counted of ['read_retries', 'subscription_drops', 'client_rebuilds']) {
        expect(await metrics()).toMatch(new RegExp(`^event_store_${counted}_total [1-9]`, 'm'));
      }
      expect(await metrics()).toMatch(/^event_store_append_retries_total \d/m);
      expect(await metrics()).toMatch(/^database_connections\{state="(busy|idle)"\} [1-9]/m);
      expect(await metrics()).toMatch(/^database_connection_waiters 0$/m);
    } finally {
      await service.stop();
      await own.remove();
    }
    expect(said.join('\n') + service.log()).not.toContain(SECRET);
  }, 60_000);
});

async function inSql(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    await client.query(statement);
  } finally {
    await client.end();
  }
}
