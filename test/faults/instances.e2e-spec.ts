import { type Answer, Client, newConnection, newKey, newPair } from '../support/client';
import { type Cluster, startCluster } from '../support/cluster';
import { expectNothingLostOrDoubled, expectSameAnswers } from '../support/cluster-audit';
import { Load } from '../support/cluster-load';
import { until } from '../support/until';

describe('three instances on one log and one database', () => {
  let cluster: Cluster;
  let load: Load | undefined;
  beforeAll(async () => {
    cluster = await startCluster({ instances: 3 });
  });
  // What a test has left running after it failed would go on for ever.
  afterEach(() => load?.end());
  afterAll(() => cluster.remove());

  /** The same caller, at each instance. */
  const everywhere = (key: string): Client[] => cluster.instances.map(({ url }) => new Client(url, key));

  it('have made the tables together, and one of them projects', async () => {
    const states = await Promise.all(cluster.instances.map((instance) => instance.projector()));
    expect(states.sort()).toEqual(['running', 'standby', 'standby']);
    expect(cluster.instances.map(({ log }) => log)).toEqual(['', '', '']);
  });

  it('show what one of them has written, to whoever names its position', async () => {
    for (const writer of [0, 1, 2]) {
      const { source, destination } = await newPair(cluster.platform(writer));
      const created = await everywhere(source.key)[writer]!.create(destination.id);
      const id = created.body.data.id as string;
      const seen = await Promise.all(everywhere(destination.key).map((reader) => reader.retrieve(id, created)));
      expect(seen.map(({ status, body }) => [status, body.data.attributes])).toEqual(
        Array(3).fill([200, created.body.data.attributes]),
      );
    }
  });

  it('let one of many creates win, wherever they come in, and the others hear of it', async () => {
    const { source, destination } = await newPair(cluster.platform());
    const callers = everywhere(source.key);
    const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => callers[i % 3]!.create(destination.id)));
    const won = answers.filter(({ status }) => status === 201);
    expect(won).toHaveLength(1);
    for (const { status, body } of answers.filter((answer) => answer !== won[0])) {
      expect([status, body.errors[0].code]).toEqual([409, 'already-connected']);
      expect(body.errors[0].meta['connection-id']).toBe(won[0]!.body.data.id);
    }
  });

  it('decide by what another one has just answered', async () => {
    const { source, destination, id } = await newConnection(cluster.platform(), 'pending');
    const [one, two] = [everywhere(source.key), everywhere(destination.key)];
    for (let round = 0; round < 10; round += 1) {
      const at = (step: number): number => (round + step) % 3;
      expect((await two[at(0)]!.step(id, 'activate')).status).toBe(200);
      // Each of these would be legal had the step before not been taken, or not been seen.
      expect((await two[at(1)]!.step(id, 'activate')).body.errors[0].meta.status).toBe('active');
      expect((await one[at(1)]!.step(id, 'deactivate')).status).toBe(200);
      expect((await two[at(2)]!.step(id, 'deactivate')).body.errors[0].meta.status).toBe('inactive');
      expect((await one[at(2)]!.step(id, 'reactivate')).status).toBe(200);
    }
  });

  it('all turn a key away that one of them has revoked', async () => {
    const { source } = await newPair(cluster.platform());
    const { id, key } = await newKey(cluster.platform(), source.id, 'member');
    const statuses = async (): Promise<number[]> =>
      (await Promise.all(everywhere(key).map((client) => client.get('/connect/connections')))).map(
        ({ status }) => status,
      );
    // Read by all of them, so that all of them remember it.
    expect(await statuses()).toEqual([200, 200, 200]);
    expect((await cluster.platform(0).post(`/api-keys/${id}/revoke`)).status).toBe(200);
    await until('no instance knows the key any more', async () => (await statuses()).every((status) => status === 401));
  });

  it('carry a request out once that comes in everywhere at once, and tell the same of it ever after', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { source, destination } = await newPair(cluster.platform());
      const callers = everywhere(source.key);
      const send = (index: number): Promise<Answer> =>
        callers[index % 3]!.create(destination.id, {}, { 'idempotency-key': 'the same' });
      const first = await Promise.all(Array.from({ length: 6 }, (_, index) => send(index)));
      expect(first.filter(({ status, body }) => status !== 201 && body.errors[0].code !== 'request-in-flight')).toEqual(
        [],
      );
      const told = first.find(({ status }) => status === 201)!;
      for (const index of [0, 1, 2]) expect((await send(index)).text).toBe(told.text);
      for (const { status, text } of first) if (status === 201) expect(text).toBe(told.text);
      expect(await source.client.history(told.body.data.id as string)).toHaveLength(1);
    }
  });

  it('take no step under a key that another was refused under, while the one that began with it stood still', async () => {
    const { source, destination, id } = await newConnection(cluster.platform(1), 'pending');
    const [asSource, asDestination] = [everywhere(source.key), everywhere(destination.key)];
    const headers = { 'idempotency-key': 'stood still' };
    const activate = (index: number): Promise<Answer> => asDestination[index]!.step(id, 'activate', {}, headers);
    const isInFlight = ({ body }: Answer): boolean => body.errors?.[0].code === 'request-in-flight';
    // With the key it waits for the log, which would say that the connection is pending.
    cluster.store!.pause();
    const early = activate(0);
    await until('the key is claimed', async () => {
      const { reader } = cluster.stores.database;
      const claims = reader.selectFrom('idempotency').select('key').where('scope', '=', destination.id);
      return (await claims.executeTakeFirst()) !== undefined;
    });
    cluster.instances[0]!.pause();
    cluster.store!.resume();
    expect((await asSource[1]!.step(id, 'deactivate')).status).toBe(200);
    let told = await activate(1);
    await until('another one has the key', async () => !isInFlight((told = await activate(1))));
    expect([told.status, told.body.errors[0].meta.status]).toEqual([409, 'inactive']);
    expect((await asSource[1]!.step(id, 'reactivate')).status).toBe(200);
    cluster.instances[0]!.resume();
    const late = await early;
    expect([late.status, late.headers.get('retry-after')]).toEqual([409, '1']);
    expect(isInFlight(late)).toBe(true);
    for (const index of [0, 1, 2]) expect((await activate(index)).text).toBe(told.text);
    expect((await source.client.history(id)).map(({ attributes }) => attributes.revision)).toEqual([0, 1, 2]);
    await cluster.leader();
  });

  it('answer many clients as one service would', async () => {
    load = await Load.on(cluster, { clients: 20, connections: 8, seed: 1 });
    await load.goesOn(200);
    await load.stop();
    await expectNothingLostOrDoubled(cluster, load);
    await expectSameAnswers(cluster, load);
  });

  it('lose nothing when the one that projects is killed under 50 clients: another takes over', async () => {
    load = await Load.on(cluster, { clients: 50, connections: 12, seed: 2 });
    await load.goesOn(50);
    const before = await cluster.leader();
    await before.kill();
    expect(await cluster.leader()).not.toBe(before);
    await load.goesOn(50);
    await before.start();
    await load.goesOn(50);
    await load.stop();
    await expectNothingLostOrDoubled(cluster, load);
    await expectSameAnswers(cluster, load);
  });

  it('lose nothing when one after another is killed, the one that projects first', async () => {
    load = await Load.on(cluster, { clients: 12, connections: 6, seed: 3 });
    for (let round = 0; round < 2; round += 1) {
      await load.goesOn(30);
      const first = await cluster.leader();
      const second = cluster.instances.find((instance) => instance !== first)!;
      await Promise.all([first.kill(), second.kill()]);
      await Promise.all([first.start(), second.start()]);
    }
    await load.stop();
    await expectNothingLostOrDoubled(cluster, load);
  });

  it('are not disturbed by one that projects, stands still, and goes on as if no time had gone by', async () => {
    load = await Load.on(cluster, { clients: 12, connections: 6, seed: 4, patience: 1_000 });
    await load.goesOn(30);
    const before = await cluster.leader();
    before.pause();
    const others = cluster.instances.filter((instance) => instance !== before);
    const after = await cluster.leader(others);
    await load.goesOn(30);
    before.resume();
    expect(await cluster.leader()).toBe(after);
    await load.goesOn(30);
    await load.stop();
    await expectNothingLostOrDoubled(cluster, load);
  });
});
