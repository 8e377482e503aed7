import { status } from '@grpc/grpc-js';
import { Client, newPair } from '../support/client';
import { type Cluster, startCluster } from '../support/cluster';
import { expectNothingLostOrDoubled, expectSameAnswers } from '../support/cluster-audit';
import { Load } from '../support/cluster-load';
import type { EventStoreDbProcess } from '../support/eventstoredb/process';
import type { Fault } from '../support/eventstoredb/faults';
import { until } from '../support/until';

describe('the event store under several instances', () => {
  let cluster: Cluster;
  let store: EventStoreDbProcess;
  let load: Load | undefined;
  beforeAll(async () => {
    cluster = await startCluster({ instances: 2 });
    store = cluster.store!;
  });
  // What a test has left running after it failed would go on for ever.
  afterEach(() => load?.end());
  afterAll(() => cluster.remove());

  const start = async (seed: number): Promise<Load> => {
    load = await Load.on(cluster, { clients: 12, connections: 6, seed });
    await load.goesOn(30);
    return load;
  };
  const readiness = async (): Promise<unknown[]> =>
    Promise.all(
      cluster.instances.map(async (instance) => {
        const answer = await instance.ask('/readyz');
        return [answer?.status, answer?.body['event-store'].state];
      }),
    );

  it('loses acknowledgements of what it has stored: each command takes effect once all the same', async () => {
    const clients = await start(10);
    const faults: Fault[] = [
      { kind: 'kill', committed: true },
      { kind: 'end', committed: true },
      { kind: 'timeout', committed: true },
      { kind: 'error', code: status.UNAVAILABLE, committed: true },
      { kind: 'silence', committed: true },
    ];
    for (const fault of faults) await store.fault('batchAppend', fault, { times: 3 });
    const { batchAppend } = await store.ask('calls');
    await clients.goesOn(60);
    // Every fault has struck by then.
    expect((await store.ask('calls')).batchAppend - batchAppend).toBeGreaterThan(faults.length * 3);
    await clients.stop();
    await expectNothingLostOrDoubled(cluster, clients);
    await expectSameAnswers(cluster, clients);
  });

  it('is killed under load, twice, and comes back: nothing that was answered is lost', async () => {
    const clients = await start(11);
    for (let round = 0; round < 2; round += 1) {
      await store.kill();
      await until('both instances say so', async () => {
        return JSON.stringify(await readiness()) === '[[503,"down"],[503,"down"]]';
      });
      await store.start();
      await clients.goesOn(20);
    }
    await clients.stop();
    await expectNothingLostOrDoubled(cluster, clients);
  });

  it('freezes, and the instance that projects is killed meanwhile: clients are told to come back, reads go on', async () => {
    const clients = await start(12);
    const { source, destination } = await newPair(cluster.platform());
    const created = await source.client.create(destination.id);
    const id = created.body.data.id as string;
    await source.client.retrieve(id, created);
    const leader = await cluster.leader();
    store.pause();
    await until('clients are told to come back by both', () => clients.refusals.size === 2, 60_000);
    expect(await readiness()).toEqual([
      [503, 'down'],
      [503, 'down'],
    ]);
    await leader.kill();
    // Also an instance that is started now serves what can be served.
    await leader.start();
    for (const { url } of cluster.instances) {
      const seen = await new Client(url, source.key).retrieve(id, created);
      expect([seen.status, seen.body.data]).toEqual([200, created.body.data]);
    }
    store.resume();
    await clients.goesOn(30);
    await clients.stop();
    await expectNothingLostOrDoubled(cluster, clients);
  });

  it('drops a subscription without a word: commands go on, and reads catch up by themselves', async () => {
    const clients = await start(13);
    const { subscribe } = await store.ask('calls');
    // One for each projection, whichever of them subscribes first.
    await store.fault('subscribe', { kind: 'silence', after: 3 }, { times: 3 });
    const leader = await cluster.leader();
    // Its successor subscribes anew, and hears nothing after the third event.
    await leader.stop();
    await until('its successor has subscribed', async () => (await store.ask('calls')).subscribe > subscribe);
    await leader.start();
    await until('reads are told to come back', () => clients.refusals.size === 2);
    await clients.goesOn(20);
    await clients.stop();
    await expectNothingLostOrDoubled(cluster, clients);
  });

  it('is down when they start: they start, say so, read what they have, and recover by themselves', async () => {
    const { source, destination } = await newPair(cluster.platform());
    const created = await source.client.create(destination.id);
    const id = created.body.data.id as string;
    await source.client.retrieve(id, created);
    await Promise.all(cluster.instances.map((instance) => instance.stop()));
    await store.kill();
    await Promise.all(cluster.instances.map((instance) => instance.start()));
    expect(await readiness()).toEqual([
      [503, 'down'],
      [503, 'down'],
    ]);
    const [one, two] = cluster.instances.map(({ url }) => new Client(url, source.key));
    const seen = await two!.retrieve(id, created);
    expect([seen.status, seen.body]).toEqual([200, { data: created.body.data }]);
    const refused = await one!.step(id, 'deactivate', {}, { 'idempotency-key': 'down' });
    expect([refused.status, refused.body.errors[0].code]).toEqual([503, 'unavailable']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await store.start();
    await cluster.leader();
    const taken = await two!.step(id, 'deactivate', {}, { 'idempotency-key': 'down' });
    expect([taken.status, taken.body.data.meta.revision]).toEqual([200, 1]);
    expect((await one!.retrieve(id, taken)).body.data.attributes.status).toBe('inactive');
  });
});
