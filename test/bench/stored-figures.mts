import { join } from 'node:path';
import { newLoad } from './child.mts';
import type { Job, Measured, Work } from './load.mts';
import type { Options } from './options.mts';
import { makeParties, type Parties } from './parties.mts';
import type { Memory } from './processes.mts';
import { replayOnce } from './rebuild-figures.mts';
import { seededId, seedLog } from './seed.mts';
import { type Service, startService } from './service.mts';
import { type Spread, spreadOf } from './statistics.mts';

/** How the service fares with so many connections stored. */
export interface StoredFigure {
  /** 0 for an empty data folder, which is only started. */
  readonly connections: number;
  /** Milliseconds from the spawn to the first 200 on /readyz. */
  readonly start: Spread;
  /** Requests a second. */
  readonly get: Spread;
  readonly list: Spread;
  /** Resident memory after each, one after the other. */
  readonly idle: Memory;
  readonly afterReads: Memory;
  readonly afterPaging: Memory;
  readonly afterCommands: Memory;
}

interface Store {
  readonly connections: number;
  readonly dataDir: string;
  readonly parties: Parties;
  /** Some of the stored connections, spread over all of them, each with the key of its source. */
  readonly reads: readonly (readonly [key: string, id: string])[];
}

const SAMPLE = 10_000;
/** Prime to every size, so that the sample is spread. */
const STRIDE = 7_919;

async function storeOf(connections: number, folder: string): Promise<Store> {
  const dataDir = join(folder, `stored-${connections}`);
  const parties = await makeParties(dataDir);
  const sources = parties.parties.map(({ id }) => id);
  const seed = { dataDir, connections, eventsEach: 1, sources, destinations: parties.destinations } as const;
  seedLog(seed);
  await replayOnce({ dataDir, by: 'rebuild' });
  const reads = Array.from({ length: Math.min(SAMPLE, connections) }, (_, index) => {
    const number = (index * STRIDE) % connections;
    return [parties.parties[number % sources.length]?.key ?? '', seededId(seed, number)] as const;
  });
  process.stderr.write(`${connections} connections stored\n`);
  return { connections, dataDir, parties, reads };
}

/** Starts, reads, pages and commands with few and with many connections stored, in turn. */
export async function storedFigures(options: Options, folder: string): Promise<StoredFigure[]> {
  const stores: Store[] = [];
  for (const connections of options.stored) stores.push(await storeOf(connections, folder));
  const starts = await startTimes(stores, options.rounds, folder);
  const load = newLoad();
  const running: { store: Store; service: Service; idle: Memory; get: number[]; list: number[] }[] = [];
  try {
    for (const store of stores) {
      const service = await startService(store.dataDir);
      await service.caughtUp();
      running.push({ store, service, idle: service.memory(), get: [], list: [] });
    }
    const ask = async (service: Service, work: Work): Promise<number> => {
      const { connections, seconds } = options;
      const target = String(service.port);
      const job: Job = { port: service.port, target, connections, seconds, idempotent: false, work };
      return (await load.ask<{ measured: Measured }>(job)).measured.rate;
    };
    for (let round = 0; round < options.rounds; round += 1) {
      for (const { service, store, get, list } of running) {
        get.push(await ask(service, { kind: 'get', reads: store.reads, anew: true }));
        const keys = store.parties.parties.map(({ key }) => key);
        list.push(await ask(service, { kind: 'list', keys, anew: true }));
      }
    }
    const figures: StoredFigure[] = [{ connections: 0, start: starts.get(0) as Spread } as StoredFigure];
    for (const { service, store, idle, get, list } of running) {
      const { connections, parties } = store;
      const afterReads = service.memory();
      const keys = parties.parties.map(({ key }) => key);
      for (let round = 0; round < options.rounds; round += 1) await ask(service, { kind: 'page', keys });
      const afterPaging = service.memory();
      let from = connections;
      for (let round = 0; round < options.rounds; round += 1) {
        const rate = await ask(service, { kind: 'create', ...parties, from });
        from += Math.ceil(rate * (options.seconds + 1)) + options.connections;
      }
      figures.push({
        connections,
        start: starts.get(connections) as Spread,
        get: spreadOf(get),
        list: spreadOf(list),
        ...{ idle, afterReads, afterPaging, afterCommands: service.memory() },
      });
    }
    return figures;
  } finally {
    load.stop();
    for (const { service } of running) await service.stop();
  }
}

/** By connections stored; 0 is a data folder that does not exist yet. */
async function startTimes(
  stores: readonly Store[],
  rounds: number,
  folder: string,
): Promise<ReadonlyMap<number, Spread>> {
  const times = new Map<number, number[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const { connections, dataDir } of [{ connections: 0, dataDir: join(folder, `empty-${round}`) }, ...stores]) {
      const service = await startService(dataDir);
      await service.stop();
      times.set(connections, [...(times.get(connections) ?? []), service.startTime]);
    }
  }
  return new Map([...times].map(([connections, all]) => [connections, spreadOf(all)]));
}
