import { chance } from '../support/chance';
import { type Cluster, startCluster } from '../support/cluster';
import { expectNothingLostOrDoubled } from '../support/cluster-audit';
import { Load } from '../support/cluster-load';

/** Both can be set for a longer run, or to run a failure again. */
const ROUNDS = Number(process.env['FAULTS_ROUNDS'] ?? 4);
const SEED = Number(process.env['FAULTS_SEED'] ?? Date.now() % 2 ** 32);
/** More than a round can take on a machine that is busy with other things, in milliseconds. */
const PATIENCE = 60_000;

const KILLED = 'the one that projects is killed';
const ENDED = 'PostgreSQL is ended';

describe(`faults that come together, ${ROUNDS} times two of them (FAULTS_SEED=${SEED})`, () => {
  const random = chance(SEED);
  let cluster: Cluster;
  let load: Load | undefined;
  beforeAll(async () => {
    cluster = await startCluster({ instances: 3 });
  }, PATIENCE);
  // What a test has left running after it failed would go on for ever.
  afterEach(() => load?.end());
  afterAll(() => cluster.remove());

  const any = <T>(things: readonly T[]): T => things[random(things.length)]!;

  /** Each begins one fault; what it gives mends it. No two of a round are about the same thing. */
  const faults: Record<string, () => Promise<() => Promise<unknown>>> = {
    [KILLED]: async () => {
      const projecting = await Promise.all(cluster.instances.map((instance) => instance.projector()));
      const instance = cluster.instances[Math.max(0, projecting.indexOf('running'))]!;
      await instance.kill();
      return () => instance.start();
    },
    'an instance stands still': async () => {
      const instance = any(cluster.instances);
      instance.pause();
      return async () => instance.resume();
    },
    'the store is killed': async () => {
      const store = cluster.store!;
      await store.kill();
      return () => store.start();
    },
    'the store stands still': async () => {
      const store = cluster.store!;
      store.pause();
      return async () => store.resume();
    },
    'the store loses acknowledgements': async () => {
      const fault = { kind: any(['kill', 'end', 'timeout'] as const), committed: true };
      return cluster.store!.fault('batchAppend', fault);
    },
    [ENDED]: async () => {
      await cluster.postgres.end(any(['INT', 'QUIT'] as const));
      return () => cluster.postgres.start();
    },
  };
  const about = (name: string): string =>
    /instance|projects|store|PostgreSQL/.exec(name)![0].replace('projects', 'instance');

  it(
    'lose nothing and double nothing, whatever meets',
    async () => {
      load = await Load.on(cluster, { clients: 12, connections: 6, seed: 30, patience: 2_000 });
      await load.goesOn(20);
      for (let round = 0; round < ROUNDS; round += 1) {
        const first = any(Object.keys(faults));
        const second = any(Object.keys(faults).filter((name) => about(name) !== about(first)));
        const mendings = new Map([
          [first, await faults[first]!()] as const,
          [second, await faults[second]!()] as const,
        ]);
        // Long enough for some requests to meet both.
        await load.tries(40);
        const order = random(2) === 0 ? [first, second] : [second, first];
        // An instance that is started while its database is away says so and ends.
        if (order[0] === KILLED && order[1] === ENDED) order.reverse();
        for (const name of order) await mendings.get(name)!();
        await load.goesOn(20);
      }
      await load.stop();
      await expectNothingLostOrDoubled(cluster, load);
    },
    ROUNDS * PATIENCE,
  );
});
