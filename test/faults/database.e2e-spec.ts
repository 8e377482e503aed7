import { connectionIdOf } from '@connections/connection/connection-id';
import { type Answer, Client, newPair, type Party } from '../support/client';
import { type Cluster, startCluster } from '../support/cluster';
import { expectNothingLostOrDoubled } from '../support/cluster-audit';
import { Load } from '../support/cluster-load';
import { until } from '../support/until';

describe('PostgreSQL under several instances', () => {
  let cluster: Cluster;
  let load: Load | undefined;
  beforeAll(async () => {
    cluster = await startCluster({ instances: 2 });
  });
  // What a test has left running after it failed would go on for ever.
  afterEach(() => load?.end());
  afterAll(() => cluster.remove());

  const start = async (seed: number): Promise<Load> => {
    load = await Load.on(cluster, { clients: 12, connections: 6, seed });
    await load.goesOn(30);
    return load;
  };
  const answer = async (): Promise<(number | undefined)[]> =>
    Promise.all(cluster.instances.map(async (instance) => (await instance.ask('/readyz'))?.status));

  it.each([
    ['is restarted under load', 'INT', 5],
    ['crashes under load', 'QUIT', 6],
  ] as const)('%s: clients are told to come back, and nothing is lost', async (_, signal, seed) => {
    const clients = await start(seed);
    await cluster.postgres.end(signal);
    await until('both instances say that they are not ready', async () => (await answer()).every((s) => s === 503));
    await until('clients are told to come back', () => clients.refusals.size === 2);
    await cluster.postgres.start();
    await clients.goesOn(30);
    await clients.stop();
    await expectNothingLostOrDoubled(cluster, clients);
  });

  it('crashes when all is quiet: what could be read before can be read after', async () => {
    const { source, destination } = await newPair(cluster.platform());
    for (let round = 0; round < 3; round += 1) {
      const last = round === 0 ? await source.client.create(destination.id) : await turn(source, destination);
      const { id } = last.body.data;
      expect((await source.client.retrieve(id as string, last)).status).toBe(200);
      // In the very next moment, before anything that is written in passing can have come to the disk.
      await cluster.postgres.end('QUIT');
      await cluster.postgres.start();
      for (const index of [0, 1]) {
        const reader = new Client(cluster.instances[index]!.url, source.key);
        let seen: Answer | undefined;
        await until('it can be read again', async () => {
          seen = await reader.retrieve(id as string, last);
          return seen.status !== 503;
        });
        expect(seen?.body.data).toEqual(last.body.data);
      }
    }
  });

  it('crashes while one instance takes over from another that was killed', async () => {
    const clients = await start(8);
    const leader = await cluster.leader();
    await leader.kill();
    await cluster.postgres.end('QUIT');
    await cluster.postgres.start();
    await clients.goesOn(30);
    await leader.start();
    await clients.stop();
    await expectNothingLostOrDoubled(cluster, clients);
  });
});

/** Takes the connection of a pair from pending to pending again. @returns the last of the answers. */
async function turn(source: Party, destination: Party): Promise<Answer> {
  const id = connectionIdOf(source.id, destination.id);
  await destination.client.step(id, 'activate');
  await source.client.step(id, 'deactivate');
  return source.client.step(id, 'reactivate');
}
