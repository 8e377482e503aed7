import { sql } from 'kysely';
import { closeStores } from '@connections/host/stores';
import { type Answer, Client, newOrganization, type Party } from '../support/client';
import { storesOf } from '../support/servers';
import { type RunningService, startService } from '../support/service';
import { temporaryFolder } from '../support/temporary-folder';
import { until } from '../support/until';

describe('a restart', () => {
  const folder = temporaryFolder();
  let service: RunningService;
  const start = async (): Promise<void> => {
    service = await startService(folder.path);
  };
  /** Waits until readers see everything: after a kill, the lease of the process that is gone has to lapse first. */
  const catchUp = async (): Promise<void> => {
    const stores = await storesOf(folder.path);
    const headers = { 'connect-position': await stores.eventStore.head() };
    await closeStores(stores);
    await until('reads show the whole log', async () => {
      return (await platform().get('/connect/connections', { headers })).status === 200;
    });
  };
  beforeAll(start);
  afterAll(async () => {
    await service.stop();
    folder.remove();
  });

  const platform = (): Client => new Client(service.demo.url, service.demo.platform.key);

  const all = async (path: string): Promise<unknown[]> => {
    const rows: unknown[] = [];
    let next: string | null = `${path}${path.includes('?') ? '&' : '?'}page[size]=100`;
    while (next !== null) {
      const page: Answer = await platform().get(next);
      expect(page.status).toBe(200);
      rows.push(...(page.body.data as unknown[]));
      next = page.body.links.next as string | null;
    }
    return rows;
  };

  /** Everything that the API tells, in one value. */
  const everything = async (): Promise<Record<string, unknown>> => {
    const { url: _, ...participants } = service.demo;
    const organizations = (await all('/organizations')) as { id: string }[];
    // Of these, since a log that others use as well may hold any number of connections between organizations unknown here.
    const ofSource = (id: string): Promise<unknown[]> =>
      all(`/connect/connections?filter[source-organization-id]=${id}`);
    const connections = (await Promise.all(organizations.map(({ id }) => ofSource(id)))).flat() as { id: string }[];
    expect(connections.length).toBeGreaterThan(2);
    return {
      participants,
      connections,
      histories: await Promise.all(connections.map(({ id }) => platform().history(id))),
      organizations,
      keys: await all('/api-keys'),
    };
  };

  /** Runs clients that create and activate until `end` has ended the service in their midst. */
  const commandUntil = async (end: () => Promise<void>): Promise<{ answers: Answer[]; sources: Party[] }> => {
    const parties = await Promise.all(Array.from({ length: 8 }, (_, i) => newOrganization(platform(), `Party ${i}`)));
    const answers: Answer[] = [];
    let ending: Promise<void> | undefined;
    const command = async (source: Party): Promise<void> => {
      for (const destination of parties.filter(({ id }) => id !== source.id)) {
        try {
          const created = await source.client.create(destination.id);
          answers.push(created);
          if (created.status !== 201) return;
          answers.push(await destination.client.step(created.body.data.id as string, 'activate'));
        } catch {
          // The service has gone: what was asked last was not answered.
          return;
        }
        if (answers.length >= 16) ending ??= end();
      }
    };
    await Promise.all(parties.map(command));
    await ending;
    return { answers, sources: parties };
  };

  const expectAnswered = async (answers: readonly Answer[], sources: readonly Party[]): Promise<void> => {
    const latest = new Map<string, Answer['body']>();
    for (const { body } of answers.filter(({ status }) => status < 300)) latest.set(body.data.id as string, body.data);
    expect(latest.size).toBeGreaterThan(7);
    for (const [id, told] of latest) {
      const source = sources.find((party) => party.id === told.attributes['source-organization-id'])!;
      const client = new Client(service.demo.url, source.key);
      const history = await client.history(id);
      const { attributes, meta } = (await client.retrieve(id)).body.data;
      expect(meta.revision).toBe(history.length - 1);
      expect(meta.revision).toBeGreaterThanOrEqual(told.meta.revision as number);
      if (meta.revision === told.meta.revision) expect(attributes).toEqual(told.attributes);
    }
  };

  it('in good order, in the midst of requests: what was answered is there', async () => {
    const { answers, sources } = await commandUntil(() => service.stop());
    expect(service.process.exitCode).toBe(0);
    // Whoever came too late was told so, if anything.
    expect([...new Set(answers.map(({ status }) => status))].filter((s) => ![200, 201, 503].includes(s))).toEqual([]);
    await start();
    await catchUp();
    await expectAnswered(answers, sources);
  });

  it('after a kill, in the midst of requests: what was answered is there', async () => {
    const { answers, sources } = await commandUntil(() => service.kill());
    expect(service.process.signalCode).toBe('SIGKILL');
    await start();
    await catchUp();
    await expectAnswered(answers, sources);
  });

  it.each(['stop', 'kill'] as const)('finds everything as it was (%s)', async (end) => {
    const before = await everything();
    await service[end]();
    await start();
    expect(await everything()).toEqual(before);
  });

  it.each([
    ['its table and its checkpoint', ['drop table connections', "delete from projections where name = 'connections'"]],
    ['its checkpoint', ["delete from projections where name = 'connections'"]],
    [
      'some of its rows, and stands further back',
      ['delete from connections where revision = 0', "update projections set position = ''"],
    ],
    ['its form', ['update projections set version = 0', 'alter table connections drop column name']],
  ])('of a service whose read model has lost %s builds it anew from the log', async (_, statements) => {
    const before = await everything();
    await service.stop();
    const stores = await storesOf(folder.path);
    for (const statement of statements) await sql.raw(statement).execute(stores.database.writer);
    await closeStores(stores);
    await start();
    await catchUp();
    expect(await everything()).toEqual(before);
    const ready = await platform().get('/readyz');
    expect([ready.status, ready.body.projections[0].state]).toEqual([200, 'running']);
  });
});
