import { join } from 'node:path';
import { type Cluster, startCluster } from '../support/cluster';
import { expectNothingLostOrDoubled } from '../support/cluster-audit';
import { Load } from '../support/cluster-load';
import { type EventStoreDb, startEventStoreDb } from '../support/eventstoredb/server';
import { temporaryFolder } from '../support/temporary-folder';

describe('a cluster of event stores under several instances', () => {
  const folder = temporaryFolder();
  const log = join(folder.path, 'log');
  let servers: EventStoreDb[];
  let cluster: Cluster;
  let load: Load | undefined;
  beforeAll(async () => {
    // A follower of these has a log of its own, which nobody asks for: whoever leads has the one that counts.
    servers = [await startEventStoreDb({ dataFile: log }), await startEventStoreDb()];
    lead(0);
    const hosts = servers.map(({ port }) => `127.0.0.1:${port}`).join();
    cluster = await startCluster({ instances: 2, eventStoreUrl: `esdb://${hosts}?tls=false` });
  });
  afterEach(() => load?.end());
  afterAll(async () => {
    await cluster.remove();
    for (const server of servers) await server.close();
    folder.remove();
  });

  function lead(leader: number): void {
    const members = servers.map(({ port }, index) => ({
      host: '127.0.0.1',
      port,
      state: index === leader ? ('leader' as const) : ('follower' as const),
    }));
    for (const server of servers) server.joinCluster(members);
  }

  /** Has the other one lead, with all that was written until now. */
  async function leadInstead(next: number): Promise<void> {
    const { port } = servers[next]!;
    await servers[next]!.close();
    // From here on the one that led refuses what is for the leader, so that nothing more comes into its file.
    lead(next);
    servers[next] = await startEventStoreDb({ port, dataFile: log });
    lead(next);
  }

  it.each([
    ['and the one that led refuses what is for the leader', 1, () => undefined],
    ['and the one that led breaks all connections', 0, () => servers[1]!.killConnections()],
  ])('has another leader, %s: nothing that was answered is lost', async (_, next, then) => {
    load = await Load.on(cluster, { clients: 12, connections: 6, seed: 20 + next });
    await load.goesOn(30);
    await leadInstead(next);
    then();
    await load.goesOn(30);
    await load.stop();
    expect(servers[next]!.calls.batchAppend).toBeGreaterThan(0);
    await expectNothingLostOrDoubled(cluster, load);
  });
});
