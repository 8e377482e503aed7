import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { createAuthority } from '../../../test/support/eventstoredb/certificates';
import { type PostgresServer, startPostgres } from '../../../test/support/postgres';
import { temporaryFolder } from '../../../test/support/temporary-folder';
import { until } from '../../../test/support/until';
import type { Database, Durability } from './database';
import { migrate } from './migrate';
import { openPostgresDatabase } from './postgres-database';
import { DatabaseUnavailable, UnusableDatabase } from './unusable';

interface Tables {
  notes: { id: number };
}

describe('a database on PostgreSQL', () => {
  let server: PostgresServer;
  let url: string;
  let database: Database<Tables>;
  beforeAll(async () => {
    server = await startPostgres({ durable: true });
  });
  beforeEach(async () => {
    url = await server.createDatabase();
    database = await openPostgresDatabase(url);
    await migrate(database.as<never>().writer, {
      '0001-notes': {
        up: (db: Kysely<unknown>) =>
          db.schema
            .createTable('notes')
            .addColumn('id', 'integer', (column) => column.primaryKey())
            .execute(),
      },
    });
  });
  afterEach(() => database.close());
  afterAll(() => server.remove());

  const setting = async (name: string, by: Kysely<Tables>): Promise<unknown> =>
    (await sql<{ value: string }>`select current_setting(${name}) as value`.execute(by)).rows[0]?.value;

  it('puts a durable transaction on the disk before it is answered, and only that', async () => {
    const during = (durability: Durability) =>
      database.transaction(durability, (tx) => setting('synchronous_commit', tx));
    expect(await during('durable')).toBe('on');
    expect(await during('relaxed')).toBe('off');
    expect(await setting('synchronous_commit', database.writer)).toBe('off');
  });

  it('tells the server who it is, and gives up what takes too long', async () => {
    expect(await setting('application_name', database.reader)).toBe('connections');
    for (const name of ['statement_timeout', 'idle_in_transaction_session_timeout']) {
      expect([name, await setting(name, database.reader)]).toEqual([name, '10s']);
    }
    await database
      .transaction('relaxed', async (tx) => {
        await sql`set local statement_timeout = 1`.execute(tx);
        await expect(sql`select pg_sleep(60)`.execute(tx)).rejects.toThrow(DatabaseUnavailable);
        throw new Error('so much for that');
      })
      .catch(() => undefined);
  });

  it('goes by an index however small the table was when a statement was planned', async () => {
    const byId = database.prepare(database.reader.selectFrom('notes').selectAll().where('id', '=', 0).compile());
    await sql`analyze notes`.execute(database.writer);
    // After some runs PostgreSQL switches to a generic plan, and keeps it.
    for (let run = 0; run < 10; run += 1) await byId([run]);
    await sql`insert into notes select generate_series(1, 50000)`.execute(database.writer);
    for (let run = 0; run < 10; run += 1) await byId([run]);
    await sql`select pg_stat_force_next_flush()`.execute(database.writer);
    const { rows } = await sql<{ seq_tup_read: number }>`
      select seq_tup_read from pg_stat_user_tables where relname = 'notes'`.execute(database.reader);
    expect(rows).toEqual([{ seq_tup_read: 0 }]);
  });

  it('keeps the settings that the URL has', async () => {
    await sql`create schema other`.execute(database.writer);
    const elsewhere = new URL(url);
    elsewhere.searchParams.set('options', '-c search_path=other');
    const other = await openPostgresDatabase<Tables>(elsewhere.href);
    expect(await setting('search_path', other.reader)).toBe('other');
    expect(await setting('synchronous_commit', other.writer)).toBe('off');
    await other.close();
  });

  it('says of itself that it cannot be written, as soon as that is so', async () => {
    await database.probe();
    const name = new URL(url).pathname.slice(1);
    await sql`alter database ${sql.id(name)} set default_transaction_read_only = on`.execute(database.writer);
    // Existing connections can still write.
    await database.probe();
    const readOnly = await openPostgresDatabase<Tables>(url);
    await expect(readOnly.probe()).rejects.toThrow(/takes no writes.*default_transaction_read_only/);
    await expect(readOnly.probe()).rejects.toThrow(DatabaseUnavailable);
    await expect(readOnly.writer.insertInto('notes').values({ id: 1 }).execute()).rejects.toThrow(DatabaseUnavailable);
    await readOnly.close();
  });

  it('opens no more connections than it may', async () => {
    const bounded = await openPostgresDatabase<Tables>(url, { connections: 3 });
    const pids = await Promise.all(
      Array.from({ length: 30 }, async () => {
        const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid, pg_sleep(0.01)`.execute(
          bounded.reader,
        );
        return rows[0]?.pid;
      }),
    );
    expect(new Set(pids).size).toBe(3);
    await bounded.close();
  });

  it('refuses a number that JavaScript cannot hold, where it would be another one silently', async () => {
    await expect(sql`select 9007199254740993::bigint`.execute(database.reader)).rejects.toThrow(/9007199254740993/);
    expect((await sql`select 9007199254740991::bigint as it`.execute(database.reader)).rows).toEqual([
      { it: 9_007_199_254_740_991 },
    ]);
  });

  it('goes on with a query whose table another one has taken the place of, also of another form', async () => {
    const all = database.prepare(database.reader.selectFrom('notes').selectAll().where('id', '>', 0).compile());
    const replaceBy = (columns: string) =>
      database.transaction('relaxed', async (tx) => {
        await sql`create table notes_next (${sql.raw(columns)})`.execute(tx);
        await sql`insert into notes_next (id) values (1)`.execute(tx);
        await sql`drop table notes`.execute(tx);
        await sql`alter table notes_next rename to notes`.execute(tx);
      });
    expect(await all([0])).toEqual([]);
    await replaceBy('id integer primary key');
    expect(await all([0])).toEqual([{ id: 1 }]);
    await replaceBy(`id integer primary key, text text default 'new'`);
    expect(await all([0])).toEqual([{ id: 1, text: 'new' }]);

    // Within a transaction the first try fails, and the next one succeeds.
    const within = () =>
      database.transaction('relaxed', (tx) => tx.selectFrom('notes').selectAll().where('id', '>', 0).execute());
    await replaceBy('id integer primary key');
    await expect(within()).rejects.toThrow(/cached plan/);
    expect(await within()).toEqual([{ id: 1 }]);
  });

  it('shows readers one whole table or the other while tables take each other’s place', async () => {
    const count = database.prepare(database.reader.selectFrom('notes').selectAll().where('id', '>', 0).compile());
    await sql`insert into notes select generate_series(1, 100)`.execute(database.writer);
    let swaps = 0;
    const swapping = (async () => {
      for (; swaps < 30; swaps += 1) {
        await sql`create table notes_next as select * from notes`.execute(database.writer);
        await database.transaction('relaxed', async (tx) => {
          await sql`drop table notes`.execute(tx);
          await sql`alter table notes_next rename to notes`.execute(tx);
        });
      }
    })();
    const reading = Array.from({ length: 4 }, async () => {
      let reads = 0;
      for (; swaps < 30; reads += 1) expect(await count([0])).toHaveLength(100);
      return reads;
    });
    await swapping;
    expect(Math.min(...(await Promise.all(reading)))).toBeGreaterThan(10);
  });

  describe.each(['INT', 'QUIT'] as const)('whose server is ended by %s and started again under load', (signal) => {
    it('answers with one error meanwhile, recovers by itself and has lost nothing that was answered', async () => {
      const answered: number[] = [];
      const failed: unknown[] = [];
      let next = 0;
      let isOver = false;
      const insert = async (id: number): Promise<void> => {
        const work = (tx: Kysely<Tables>) => tx.insertInto('notes').values({ id }).execute();
        try {
          await database.transaction('durable', work);
          answered.push(id);
        } catch (error) {
          failed.push(error);
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      const writers = Array.from({ length: 20 }, async () => {
        while (!isOver) await insert((next += 1));
      });
      await until('many are written', () => answered.length > 50);
      // A connection that idles in a transaction is lost at a moment when nobody listens.
      const waiting = Promise.withResolvers<undefined>();
      const idle = database.transaction('relaxed', async (tx) => {
        await sql`select 1`.execute(tx);
        await waiting.promise;
        return sql`select 1`.execute(tx);
      });
      const lost = expect(idle).rejects.toThrow(DatabaseUnavailable);
      await server.end(signal);
      await until('many have failed', () => failed.length > 20);
      waiting.resolve(undefined);
      await lost;
      const before = answered.length;
      await server.start();
      await until('many are written again', () => answered.length > before + 50);
      isOver = true;
      await Promise.all(writers);

      for (const error of failed) expect(error).toBeInstanceOf(DatabaseUnavailable);
      const kept = new Set((await database.reader.selectFrom('notes').select('id').execute()).map(({ id }) => id));
      expect(answered.filter((id) => !kept.has(id))).toEqual([]);
    });
  });
});

describe('a database on PostgreSQL is not opened', () => {
  let server: PostgresServer;
  let encrypted: PostgresServer;
  const folder = temporaryFolder();
  const authority = createAuthority('test authority');
  beforeAll(async () => {
    [server, encrypted] = await Promise.all([startPostgres(), startPostgres({ tls: authority.issue(['localhost']) })]);
    writeFileSync(join(folder.path, 'authority'), authority.certificate);
  });
  afterAll(async () => {
    await server.remove();
    await encrypted.remove();
    folder.remove();
  });

  const changed = async (change: (url: URL) => void, by = server): Promise<string> => {
    const url = new URL(await by.createDatabase());
    change(url);
    return url.href;
  };
  const nowhere = 'postgresql://user:hidden@127.0.0.1:1/database';

  it.each<[when: string, url: () => Promise<string> | string, kind: new () => Error, line: RegExp]>([
    [
      'the password is wrong',
      () => changed((url) => (url.password = 'hidden')),
      UnusableDatabase,
      /refuses the user or the password.*28P01.*Correct them/,
    ],
    [
      'there is no password',
      () => changed((url) => (url.password = '')),
      UnusableDatabase,
      /refuses the user or the password/,
    ],
    [
      'the database is missing',
      () => changed((url) => (url.pathname = 'missing')),
      UnusableDatabase,
      /no such database.*"missing".*Create it/,
    ],
    [
      'nobody listens there',
      () => nowhere,
      DatabaseUnavailable,
      /at 127\.0\.0\.1:1\/database cannot be reached.*ECONNREFUSED.*Start it/,
    ],
    [
      'there is no such host',
      () => 'postgresql://user:hidden@no.such.host.invalid/database',
      DatabaseUnavailable,
      /no\.such\.host\.invalid.*(ENOTFOUND|EAI_AGAIN|timeout)/,
    ],
    [
      'the server offers no TLS',
      () => changed((url) => url.searchParams.set('sslmode', 'verify-full')),
      UnusableDatabase,
      /offers no TLS/,
    ],
    [
      'nobody vouches for its certificate',
      () => changed((url) => url.searchParams.set('sslmode', 'verify-full'), encrypted),
      UnusableDatabase,
      /certificate that is not accepted.*sslrootcert/,
    ],
    [
      'the certificate to trust is missing',
      () => `${nowhere}?sslrootcert=/no/such/file`,
      UnusableDatabase,
      /\/no\/such\/file/,
    ],
    ['the URL is none', () => 'database', UnusableDatabase, /DATABASE_URL cannot be used: it is no URL/],
    [
      'its password is not percent-encoded',
      () => 'postgresql://user:1/hidden@localhost/database',
      UnusableDatabase,
      /user and password have to be percent-encoded/,
    ],
    [
      'its password looks like an option',
      () => 'postgresql://user:1?hidden=1@localhost/database',
      UnusableDatabase,
      /user and password have to be percent-encoded/,
    ],
    [
      'the URL has an option that is misspelt',
      () => changed((url) => url.searchParams.set('sslmod', 'require')),
      UnusableDatabase,
      /cannot be used: it has an option sslmod, which is none; there are .*, sslmode, /,
    ],
    [
      'the URL has an option that only others know',
      () => changed((url) => url.searchParams.set('channel_binding', 'require')),
      UnusableDatabase,
      /it has an option channel_binding, which is none/,
    ],
    [
      'the URL gives an option no value',
      () => changed((url) => url.searchParams.set('sslmode', '')),
      UnusableDatabase,
      /it gives its option sslmode no value/,
    ],
    [
      'its port is beyond all ports',
      () => `${nowhere}?port=99999`,
      UnusableDatabase,
      /its option port must be a whole number of at most 65535\./,
    ],
    [
      'its port is no number',
      () => `${nowhere}?port=5432a`,
      UnusableDatabase,
      /its option port must be a whole number of at most 65535\./,
    ],
    [
      'its port is negative',
      () => `${nowhere}?port=-1`,
      UnusableDatabase,
      /its option port must be a whole number of at most 65535\./,
    ],
    [
      'a time is longer than a timer',
      () => changed((url) => url.searchParams.set('query_timeout', '2147483648')),
      UnusableDatabase,
      /its option query_timeout must be a whole number of at most 2147483647\./,
    ],
    ['its host has a NUL', () => `${nowhere}?host=x%00y`, UnusableDatabase, /it holds a NUL character, %00\./],
    [
      'the driver says why in a sentence',
      () => `${nowhere}?sslnegotiation=none`,
      UnusableDatabase,
      /Valid values are "postgres" and "direct"\. Write it as/,
    ],
    [
      'the URL is of something else',
      () => 'mysql://user:hidden@localhost/database',
      UnusableDatabase,
      /begin with postgresql/,
    ],
    [
      'the search path leads nowhere',
      () => changed((url) => url.searchParams.set('options', '-c search_path=nowhere')),
      UnusableDatabase,
      /no schema/,
    ],
  ])('when %s, and says so in one line', async (_, url, kind, line) => {
    const error = await openPostgresDatabase(await url()).catch((reason: unknown) => reason as Error);
    expect(error).toBeInstanceOf(kind);
    const { message } = error as Error;
    expect(message).toMatch(line);
    expect(message).not.toMatch(/\n|hidden|secret/);
  });

  it('when the driver itself does not take the port, and waits for no connection that was never begun', async () => {
    const before = process.env['PGPORT'];
    process.env['PGPORT'] = 'none';
    try {
      await expect(openPostgresDatabase('postgresql://127.0.0.1/database')).rejects.toThrow(/ERR_SOCKET_BAD_PORT/);
    } finally {
      if (before === undefined) delete process.env['PGPORT'];
      else process.env['PGPORT'] = before;
    }
  });

  it('when it holds tables of something else', async () => {
    const url = await server.createDatabase();
    const database = await openPostgresDatabase(url);
    await sql`create table diary (day text)`.execute(database.writer);
    await database.close();
    await expect(openPostgresDatabase(url)).rejects.toThrow(/tables of something else.*Nothing was changed/);
  });

  it('when its user may make no tables', async () => {
    const url = new URL(await server.createDatabase());
    const database = await openPostgresDatabase(url.href);
    await sql`create role guest login password 'hidden'`.execute(database.writer);
    await database.close();
    const guest = Object.assign(new URL(url), { username: 'guest', password: 'hidden' }).href;
    await expect(openPostgresDatabase(guest)).rejects.toThrow(/no tables in schema public.*grant it CREATE/);
  });

  it('when it cannot hold every text', async () => {
    const url = await server.createDatabase();
    const database = await openPostgresDatabase(url);
    await sql`create database latin1 encoding latin1 template template0`.execute(database.writer);
    await database.close();
    const latin = Object.assign(new URL(url), { pathname: 'latin1' }).href;
    await expect(openPostgresDatabase(latin)).rejects.toThrow(/encoded in LATIN1.*UTF8/);
  });

  it('unless all is well, as with a certificate of a trusted authority', async () => {
    const url = await changed((it) => {
      it.searchParams.set('sslmode', 'verify-full');
      it.searchParams.set('sslrootcert', join(folder.path, 'authority'));
    }, encrypted);
    const database = await openPostgresDatabase(url);
    const { rows } = await sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`.execute(database.reader);
    expect(rows).toEqual([{ ssl: true }]);
    await database.close();
  });
});
