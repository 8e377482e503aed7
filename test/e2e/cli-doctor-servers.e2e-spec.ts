import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { KeyFile } from '@connections/audit/key-file';
import { EventStoreDbEventStore } from '@connections/event-store/eventstoredb/eventstoredb-event-store';
import { chained } from '@connections/event-store/hash-chain';
import { CommandLine, type Ended } from '../support/command-line';
import { createAuthority } from '../support/eventstoredb/certificates';
import { type EventStoreDb, startEventStoreDb } from '../support/eventstoredb/server';
import { type PostgresServer, startPostgres } from '../support/postgres';
import { startService } from '../support/service';
import { temporaryFolder } from '../support/temporary-folder';
import { until } from '../support/until';

interface Servers {
  readonly EVENTSTORE_URL?: string;
  readonly DATABASE_URL?: string;
  readonly AUDIT_KEY_FILE?: string;
}

interface Found {
  readonly name: string;
  readonly status: string;
  readonly details: string;
  readonly advice: string | null;
}

/** In every URL of these tests, and to be seen nowhere. */
const SECRET = 'hidden-from-all';

describe('the command line on servers in every condition', () => {
  const folder = temporaryFolder();
  const authority = createAuthority('doctor');
  const trusted = join(folder.path, 'authority.pem');
  /** Several processes are given their key. */
  const AUDIT_KEY_FILE = join(folder.path, 'audit.key');
  const opened: EventStoreDb[] = [];
  let postgres: PostgresServer;
  /** The log and the database of a service that ran and was stopped. */
  let healthy: Required<Omit<Servers, 'AUDIT_KEY_FILE'>>;
  let log: EventStoreDb;
  let folders = 0;

  beforeAll(async () => {
    writeFileSync(trusted, authority.certificate);
    postgres = await startPostgres();
    const first = new URL(await postgres.createDatabase());
    await inSql(first.href, `create role service login superuser password '${SECRET}'`);
    const DATABASE_URL = Object.assign(first, { username: 'service', password: SECRET }).href;
    const credentials = { username: 'service', password: SECRET };
    log = await logServer({ tls: authority.issue(['localhost']), credentials });
    healthy = { EVENTSTORE_URL: `${log.connectionString}&tlsCAFile=${encodeURIComponent(trusted)}`, DATABASE_URL };
    new KeyFile(AUDIT_KEY_FILE).create('connections.example');
    const service = await startService(join(folder.path, 'service'), { ...healthy, AUDIT_KEY_FILE });
    try {
      await until('everything is in order', async () => {
        const { json } = await cliOn(healthy).run('doctor', '--full', '--json');
        const isFed = /^Process \S+ feeds/.test(named(json, 'lease of connections').details);
        return json.status === 'ok' && isFed && named(json, 'checkpoints').details.startsWith('The newest is of 6');
      });
    } finally {
      await service.stop();
    }
  }, 60_000);
  afterAll(async () => {
    for (const server of opened) await server.close();
    await postgres.remove();
    folder.remove();
  });

  async function logServer(options: Parameters<typeof startEventStoreDb>[0] = {}): Promise<EventStoreDb> {
    const server = await startEventStoreDb(options);
    opened.push(server);
    return server;
  }

  /** The command line where this is set and nothing else; with a data folder of its own that is not there. */
  function cliOn(servers: Servers): CommandLine {
    folders += 1;
    return new CommandLine(join(folder.path, `folder-${folders}`), { AUDIT_KEY_FILE, ...servers });
  }

  /** A database like the healthy one. */
  async function databaseWith(change: string): Promise<string> {
    const url = new URL(healthy.DATABASE_URL);
    const copy = `copy_${randomUUID().replaceAll('-', '')}`;
    const postgresItself = Object.assign(new URL(url), { pathname: 'postgres' }).href;
    await inSql(postgresItself, `create database ${copy} template "${url.pathname.slice(1)}"`);
    const made = Object.assign(url, { pathname: copy }).href;
    await inSql(made, change);
    return made;
  }

  /** A log with one stream, of which each event is what is given for it beyond a sound one. */
  async function logWith(
    ...changes: readonly { readonly data?: object; readonly previous?: string }[]
  ): Promise<string> {
    const { connectionString } = await logServer();
    const store = new EventStoreDbEventStore({ url: connectionString });
    const stream = 'connection-1111111111111111111111';
    let previous: string | null = null;
    for (const [revision, change] of changes.entries()) {
      const noted = { id: randomUUID(), type: 'Noted', data: { revision }, metadata: {} };
      const event: ReturnType<typeof chained> = chained(noted, stream, revision, change.previous ?? previous);
      await store.append(stream, revision - 1, [{ ...event, data: { ...event.data, ...change.data } }]);
      previous = event.metadata.hash;
    }
    await store.close();
    return connectionString;
  }

  it('doctor looks at no data folder where none is used, and makes none', async () => {
    const { exitCode, json, stdout, stderr } = await cliOn(healthy).run('doctor', '--json');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(json.checks.map(({ name }: Found) => name)).toEqual([
      'node',
      'configuration',
      'event-store',
      'hash-chain',
      'database-server',
      'database-rights',
      'migrations',
      'lease of connections',
      'lease of tree',
      'lease of feed',
      'projection connections',
      'projection tree',
      'projection feed',
      'followed-log',
      'signing-key',
      'checkpoints',
    ]);
    // Nobody runs, which is no fault.
    expect(json.checks.filter(({ status }: Found) => status !== 'ok')).toMatchObject([
      { name: 'lease of connections', status: 'warning', advice: expect.stringContaining('Start the service') },
      { name: 'lease of tree', status: 'warning', advice: expect.stringContaining('Start the service') },
      { name: 'lease of feed', status: 'warning', advice: expect.stringContaining('Start the service') },
    ]);
    expect(named(json, 'event-store').details).toContain(`localhost:${log.port} answers`);
    expect(stdout).not.toContain(SECRET);
  });

  it.each<[string, () => Promise<Servers>, string, RegExp]>([
    [
      'a store that is not there',
      async () => ({ EVENTSTORE_URL: `esdb://service:${SECRET}@127.0.0.1:1?tls=false` }),
      'event-store',
      /127\.0\.0\.1:1.*EVENTSTORE_URL/,
    ],
    [
      'a store that refuses the password',
      async () => ({ EVENTSTORE_URL: healthy.EVENTSTORE_URL.replace(SECRET, `${SECRET}-wrong`) }),
      'event-store',
      /does not accept the credentials/,
    ],
    [
      'a store whose certificate nobody vouches for',
      async () => ({ EVENTSTORE_URL: log.connectionString }),
      'event-store',
      /tlsCAFile=<path>/,
    ],
    [
      'a URL with an option that is unknown',
      async () => ({ EVENTSTORE_URL: `esdb://service:${SECRET}@localhost:1?colour=blue` }),
      'event-store',
      /unknown option colour/,
    ],
    [
      'an event that was changed',
      async () => ({ EVENTSTORE_URL: await logWith({}, { data: { forged: true } }) }),
      'hash-chain',
      /connection-1{22}@1 is not what its hash says.*back-up/,
    ],
    [
      'an event that does not continue the one before',
      async () => ({ EVENTSTORE_URL: await logWith({}, {}, { previous: 'another' }) }),
      'hash-chain',
      /connection-1{22}@2 does not continue its predecessor/,
    ],
    [
      'a log that is emptier than the read model',
      async () => ({ EVENTSTORE_URL: (await logServer()).connectionString }),
      'projection connections',
      /the log ends at its beginning.*older copy/,
    ],
    [
      'a log that is another one, and longer',
      async () => ({ EVENTSTORE_URL: await logWith(...Array.from({ length: 60 }, () => ({}))) }),
      'followed-log',
      /is not in the log as it was: the log is an older copy, or another one.*"projection rebuild" before the start/,
    ],
    [
      'a tree that cannot be read',
      async () => ({ DATABASE_URL: await databaseWith('alter table tree drop column idx cascade') }),
      'checkpoints',
      /idx.*does not exist/,
    ],
    [
      'a database server that is not there',
      async () => ({ DATABASE_URL: `postgresql://service:${SECRET}@127.0.0.1:1/connections` }),
      'database-server',
      /127\.0\.0\.1:1\/connections cannot be reached.*ECONNREFUSED/,
    ],
    [
      'a database server that refuses the password',
      async () => ({ DATABASE_URL: healthy.DATABASE_URL.replace(SECRET, `${SECRET}-wrong`) }),
      'database-server',
      /refuses the user or the password/,
    ],
    [
      'a database that is another application’s',
      async () => {
        const DATABASE_URL = await postgres.createDatabase();
        await inSql(DATABASE_URL, 'create table recipes (name text)');
        return { DATABASE_URL };
      },
      'database-server',
      /tables of something else/,
    ],
    [
      'a database that is empty beside a log that is not',
      async () => ({ DATABASE_URL: await postgres.createDatabase() }),
      'database-server',
      /is empty, and the log is not.*Restore it/,
    ],
    [
      'a database of a newer version',
      async () => ({ DATABASE_URL: await databaseWith("insert into migrations values ('9999-later', 'x')") }),
      'migrations',
      /9999-later.*newer version/,
    ],
    [
      'a user who does not own the tables',
      async () => {
        const changed = new URL(
          await databaseWith(`
            create role guest login password '${SECRET}';
            grant create on schema public to guest;
            grant all on all tables in schema public to guest`),
        );
        return { DATABASE_URL: Object.assign(changed, { username: 'guest' }).href };
      },
      'database-rights',
      /guest does not own .*api_keys, .*connections, .*migrations.*owner to guest/,
    ],
    [
      'a projection that stands still',
      async () => ({ DATABASE_URL: await databaseWith("update projections set fault = 'Event x@1 is unknown'") }),
      'projection connections',
      /stands still, 0 bytes behind: Event x@1 is unknown.*version/,
    ],
  ])('doctor finds %s and says what to do', async (_, change, name, said) => {
    const cli = cliOn({ ...healthy, ...(await change()) });
    const [inJson, told] = [await cli.run('doctor', '--full', '--json'), await cli.run('doctor')];
    expect(inJson.exitCode).toBe(1);
    const found = named(inJson.json, name);
    expect(found.status).toBe('problem');
    expect(`${found.details} ${found.advice}`).toMatch(said);
    expect(told).toMatchObject({ exitCode: 1, stderr: '' });
    expect(told.stdout).toMatch(new RegExp(`^problem +${name} `, 'm'));
    expect(inJson.stdout + inJson.stderr + told.stdout).not.toContain(SECRET);
  });

  it('doctor says which events it looked at, of a log that is long and of one that is not', async () => {
    const forged = { data: { forged: true } };
    const events = Array.from({ length: 600 }, (_, n) => (n === 550 || n === 595 ? forged : {}));
    const servers = {
      EVENTSTORE_URL: await logWith(...events),
      DATABASE_URL: await databaseWith("update connections set id = 'cxn_1111111111111111111111' where revision = 1"),
    };
    const said = async (where: Servers, ...args: string[]): Promise<string> =>
      named((await cliOn(where).run('doctor', ...args, '--json')).json, 'hash-chain').details;
    expect(await said(servers)).toMatch(
      /^The oldest 500 events, and the newest 10 of the 3 newest connections, were checked, 1 of .*: connection-1{22}@595 /,
    );
    expect(await said(servers, '--full')).toMatch(/^All 600 events, [\d,]+ bytes .*, 2 of .*@550 .*@595 /);
    expect(await said(healthy)).toMatch(/^All 6 events carry/);
    const { connectionString: EVENTSTORE_URL } = await logServer();
    expect(await said({ EVENTSTORE_URL, DATABASE_URL: await postgres.createDatabase() })).toBe(
      'There are no events yet.',
    );
  });

  it.each([
    ['lags', "update projections set position = ''", 'projection connections', /bytes behind the log/],
    ['is of an older form', 'update projections set version = 0', 'projection connections', /rebuilds it/],
    ['was never made', 'delete from projections', 'projection connections', /makes it/],
    ['has tables of an older version', "delete from migrations where name like '0003%'", 'migrations', /0003.*not yet/],
  ])('doctor warns of a database that %s, which is no failure', async (_, sql, name, said) => {
    const { exitCode, json } = await cliOn({ ...healthy, DATABASE_URL: await databaseWith(sql) }).run(
      'doctor',
      '--json',
    );
    expect(exitCode).toBe(0);
    const found = named(json, name);
    expect(found.status).toBe('warning');
    expect(`${found.details} ${found.advice}`).toMatch(said);
  });

  it('doctor says what to do where there is no key to sign with, which is worse where there was one', async () => {
    const without = { ...healthy, AUDIT_KEY_FILE: join(folder.path, 'none.key') };
    const { exitCode, json } = await cliOn(without).run('doctor', '--json');
    expect(exitCode).toBe(1);
    expect(named(json, 'signing-key')).toMatchObject({
      status: 'problem',
      advice: expect.stringContaining('audit key create --name connections.example'),
    });
    const DATABASE_URL = await databaseWith('delete from checkpoints; delete from audit_keys');
    const unsigned = await cliOn({ ...without, DATABASE_URL }).run('doctor', '--json');
    expect(unsigned.exitCode).toBe(0);
    expect(named(unsigned.json, 'signing-key')).toMatchObject({
      status: 'warning',
      advice: expect.stringContaining('audit key create --name <log>'),
    });
  });

  it('doctor looks at files beside servers, whichever of the two is which', async () => {
    const [withLog, withDatabase] = [
      cliOn({ EVENTSTORE_URL: (await logServer()).connectionString }),
      cliOn({ DATABASE_URL: await postgres.createDatabase() }),
    ];
    for (const [cli, part, other] of [
      [withLog, 'event-store', 'database-file'],
      [withDatabase, 'database-server', 'log-file'],
    ] as const) {
      await cli.ask('organization', 'create', 'Acme');
      await cli.ask('projection', 'rebuild');
      const { json, exitCode } = await cli.run('doctor', '--full', '--json');
      expect(exitCode).toBe(0);
      for (const name of ['data-folder', part, other, 'hash-chain', 'migrations', 'projection connections']) {
        expect(named(json, name).status).toBe('ok');
      }
    }
    rmSync(join(withDatabase.dataDir, 'events.sqlite'));
    const { json } = await withDatabase.run('doctor', '--json');
    expect(named(json, 'log-file')).toMatchObject({ status: 'problem', advice: expect.stringContaining('Restore it') });
  });

  it.each<[string, Servers & { command?: string }, string, RegExp]>([
    [
      'a store that is not there',
      { EVENTSTORE_URL: `esdb://service:${SECRET}@127.0.0.1:1?tls=false`, command: 'connection history cxn_ABC123' },
      'store-unavailable',
      /127\.0\.0\.1:1.*nothing was read/,
    ],
    [
      'a store that it cannot name',
      { EVENTSTORE_URL: `esdb://service:${SECRET}@localhost:1?colour=blue` },
      'unusable-store',
      /unknown option colour/,
    ],
    [
      'a database that is not there',
      { DATABASE_URL: `postgresql://service:${SECRET}@127.0.0.1:1/connections` },
      'database-unavailable',
      /127\.0\.0\.1:1\/connections cannot be reached/,
    ],
    [
      'a database that it cannot name',
      { DATABASE_URL: `postgresql://service:${SECRET}@local host/connections` },
      'invalid-configuration',
      /DATABASE_URL must be a URL/,
    ],
  ])('a command on %s fails with one line and no password', async (_, { command, ...servers }, code, said) => {
    const cli = cliOn({ ...healthy, ...servers });
    const args = (command ?? 'connection list').split(' ');
    const [told, inJson] = [await cli.run(...args), await cli.run(...args, '--json')];
    expectOneLine(told, said);
    expect(inJson).toMatchObject({ exitCode: 1, stdout: '' });
    expect(JSON.parse(inJson.stderr)).toEqual({ errors: [{ code, details: told.stderr.trimEnd() }] });
  });

  it('a command on a log that refuses the password fails with one line', async () => {
    const cli = cliOn({ ...healthy, EVENTSTORE_URL: healthy.EVENTSTORE_URL.replace(SECRET, `${SECRET}-wrong`) });
    expectOneLine(await cli.run('projection', 'rebuild'), /does not accept the credentials/);
    const { stderr } = await cli.run('projection', 'status', '--json');
    expect(JSON.parse(stderr).errors).toMatchObject([{ code: 'unusable-store' }]);
  });

  it('doctor sees PostgreSQL go and come back', async () => {
    await postgres.end('INT');
    const gone = await cliOn(healthy).run('doctor', '--json');
    expect(named(gone.json, 'database-server').status).toBe('problem');
    await postgres.start();
    await until('the database is back', async () => (await cliOn(healthy).run('doctor', '--json')).exitCode === 0);
  });

  function expectOneLine({ exitCode, stdout, stderr }: Ended, said: RegExp): void {
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(said);
    expect(stderr.trimEnd()).not.toContain('\n');
    expect(stderr).not.toContain(SECRET);
  }
});

function named(document: { readonly checks: readonly Found[] }, name: string): Found {
  const found = document.checks.find((check) => check.name === name);
  if (!found) throw new Error(`There is no check ${name} in ${JSON.stringify(document)}`);
  return found;
}

async function inSql(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    await client.query(statement);
  } finally {
    await client.end();
  }
}
