import { Client } from '../support/client';
import { until } from '../support/command-line';
import { type PostgresServer, startPostgres } from '../support/postgres';
import { type RunningService, startService, temporaryFolder } from '../support/service';

describe('while the database server is away', () => {
  const folder = temporaryFolder();
  let server: PostgresServer;
  let service: RunningService;
  let source: Client;
  beforeAll(async () => {
    server = await startPostgres({ durable: true });
    service = await startService(folder.path, { DATABASE_URL: await server.createDatabase() });
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

  it('the service goes on by itself, and says in its log what it could not do', () => {
    expect(service.process.exitCode).toBeNull();
    expect(service.log()).toMatch(/ENOENT|ECONNREFUSED|Connection terminated/);
  });
});
