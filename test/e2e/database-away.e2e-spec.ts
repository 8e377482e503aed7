import pg from 'pg';
import { Client } from '../support/client';
import { type PostgresServer, startPostgres } from '../support/postgres';
import { type RunningService, startService } from '../support/service';
import { temporaryFolder } from '../support/temporary-folder';
import { until } from '../support/until';

describe('while the database server is away', () => {
  const folder = temporaryFolder();
  let server: PostgresServer;
  let url: string;
  let service: RunningService;
  let source: Client;
  beforeAll(async () => {
    server = await startPostgres({ durable: true });
    url = await server.createDatabase();
    service = await startService(folder.path, { DATABASE_URL: url });
    source = new Client(service.demo.url, service.demo.source.key);
  });
  afterAll(async () => {
    await service.stop();
    await server.remove();
    folder.remove();
  });

  it.each(['INT', 'QUIT'] as const)(
    'clients are told to try again, and that goes well once it is back (%s)',
    async (signal) => {
      const headers = { 'idempotency-key': `across ${signal}` };
      const destination = service.demo[signal === 'INT' ? 'destination' : 'third']['organization-id'];
      await server.end(signal);
      const refused = [await source.get('/connect/connections'), await source.create(destination, {}, headers)];
      for (const { status, headers: told, body } of refused) {
        expect([status, told.get('retry-after')]).toEqual([503, '1']);
        expect(body).toMatchObject({ errors: [{ code: 'unavailable', details: expect.stringMatching(/Try again/i) }] });
      }
      expect((await fetch(`${service.demo.url}/livez`)).status).toBe(200);

      await server.start();
      await until(
        'the service has found it again',
        async () => (await source.get('/connect/connections')).status === 200,
      );
      const created = await source.create(destination, {}, headers);
      expect(created.status).toBe(201);
      const again = await source.create(destination, {}, headers);
      expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([created.text, 'true']);
      const shown = await source.retrieve(created.body.data.id, created);
      expect(shown.body.data).toEqual(created.body.data);
    },
  );

  it('and where it takes no writes, /readyz says so until it takes them again', async () => {
    const say = async (statement: string): Promise<void> => {
      const client = new pg.Client({ connectionString: url, options: '-c default_transaction_read_only=off' });
      await client.connect();
      await client.query(statement);
      await client.end();
    };
    const name = new URL(url).pathname.slice(1);
    const others = `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and pid <> pg_backend_pid()`;
    const readiness = async (): Promise<{ database: { problem?: string } }> =>
      (await (await fetch(`${service.demo.url}/readyz`)).json()) as { database: { problem?: string } };
    await say(`alter database ${name} set default_transaction_read_only = on`);
    await say(others);
    await until('it is seen', async () => /takes no writes/.test((await readiness()).database.problem ?? ''));
    await say(`alter database ${name} reset default_transaction_read_only`);
    await say(others);
    await until('all is well again', async () => (await fetch(`${service.demo.url}/readyz`)).status === 200);
  });

  it('the service goes on by itself, and says in its log what it could not do', async () => {
    expect(service.process.exitCode).toBeNull();
    await until('its log says so', () => /ENOENT|ECONNREFUSED|Connection terminated/.test(service.log()));
  });
});
