import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { canned, makePairs } from './canned.mts';
import { Child, newLoad } from './child.mts';
import { HttpConnection } from './http-connection.mts';
import {
  figureOf,
  type HttpFigure,
  type Loaded,
  loadedOf,
  measure,
  type Round,
  sameBytes,
  WARMING_UP,
} from './http-figures.mts';
import type { Checked, Work } from './load.mts';
import type { Options } from './options.mts';
import { makeParties, type Parties } from './parties.mts';
import { replayOnce } from './rebuild-figures.mts';
import { checkRequest } from './requests.mts';
import { type Pair, pairOf, seedHistories, seedLog } from './seed.mts';
import { type Service, startService } from './service.mts';
import { type Spread, spreadOf } from './statistics.mts';

/** One kind of log that checks were asked about. */
export interface AskedOf {
  /** Connections that are stored, or events of each. */
  readonly size: number;
  /** A few hundred connections, asked about again and again. */
  readonly few: Loaded;
  /** Far more connections than are remembered; none where there are no more. */
  readonly many: Loaded | null;
  /** Milliseconds that the first check of a history took after a start. */
  readonly first: Spread | null;
}

export interface CheckFigures {
  readonly single: HttpFigure;
  /** A hundred a call. */
  readonly batch: HttpFigure;
  /** One a call, of half as many as each can answer. */
  readonly half: HttpFigure;
  readonly stored: readonly AskedOf[];
  readonly histories: readonly AskedOf[];
}

/** Connections that are asked about where it is about few. */
const FEW = 500;
/** Five times as many as a process remembers. */
const MANY = 50_000;
/** Prime to every number of connections stored, so that those that are asked about are spread over all. */
const STRIDE = 7_919;
/** Histories of each length. */
const HISTORIES = 8;
const LENGTHS = [4, 10_000];

const one = (checked: readonly Checked[]): Work => ({ kind: 'check', checked, size: 1 });

/** Share checks: beside their ceiling, by what is stored and by how long histories are. The service writes its decision log. */
export async function checkFigures(options: Options, folder: string): Promise<CheckFigures> {
  const beside = await besideCeiling(options, folder);
  const stored: Asking[] = [];
  // The fewest and the most; one and the same where one was asked for.
  for (const connections of new Set([...options.stored.slice(0, 1), ...options.stored.slice(-1)])) {
    stored.push(await storedLog(connections, folder));
  }
  const histories: Asking[] = [];
  for (const events of LENGTHS) histories.push(await historiesOf(events, folder));
  return {
    ...beside,
    stored: await inTurn(stored, options, folder),
    histories: await inTurn(histories, options, folder),
  };
}

async function besideCeiling(
  options: Options,
  folder: string,
): Promise<Pick<CheckFigures, 'single' | 'batch' | 'half'>> {
  const dataDir = join(folder, 'checks');
  const parties = await makeParties(dataDir);
  const log = join(folder, 'checks.log');
  const service = await startService(dataDir, log);
  const ceiling = new Child('ceiling-server.mts');
  const load = newLoad();
  try {
    const answers = await canned(service.port, dataDir, parties, join(folder, 'checks-ceiling.sqlite'));
    const pairs = await makePairs(service.port, parties, FEW, true);
    const checked = pairs.map(({ source: key, sourceId, destinationId }) => ({ key, sourceId, destinationId }));
    const { port } = await ceiling.ask<{ port: number }>({ ...answers, checked: [...checked, ...answers.checked] });
    const asked = answers.checked.map((pair) => ({ ...pair, key: parties.parties[0]?.key ?? '' }));
    const [request, hundred] = [1, 100].map((size) => checkRequest(asked[0]?.key ?? '', Array(size).fill(asked[0])));
    await sameBytes(service.port, port, [request ?? '', hundred ?? '']);
    const servers = [
      { target: 'service', port: service.port, pid: service.pid },
      { target: 'ceiling', port, pid: ceiling.pid },
    ] as const;
    type Sides<T> = Record<(typeof servers)[number]['target'], T>;
    const inTurn = async (name: string, work: Work, every?: Sides<number>): Promise<HttpFigure> => {
      const rounds: Sides<Round[]> = { service: [], ceiling: [] };
      for (let round = -WARMING_UP; round < options.rounds; round += 1) {
        for (const server of round % 2 === 0 ? servers : servers.toReversed()) {
          // As whoever rotates logs does. One that grows by gigabytes is measured by what the system does to find memory for it.
          truncateSync(log);
          const pace = every && { every: every[server.target] };
          const measured = await measure(load, server, { name, work: () => work, ...pace }, options);
          if (round >= 0) rounds[server.target].push(measured);
        }
      }
      const figure = figureOf(name, rounds.service, rounds.ceiling);
      process.stderr.write(`${name}: ${figure.ratio.median.toFixed(2)} of the ceiling\n`);
      return figure;
    };
    const single = await inTurn('one a call', one(checked));
    const everyOf = ({ rate }: Loaded): number => (options.connections * 1_000) / (rate.median / 2);
    const every = { service: everyOf(single.service), ceiling: everyOf(single.ceiling) };
    const half = await inTurn('one a call, at half the load', one(checked), every);
    const batch = await inTurn('100 a call', { kind: 'check', checked, size: 100 });
    return { single, batch, half };
  } finally {
    load.stop();
    ceiling.stop();
    await service.stop();
  }
}

/** What is asked about of a log. */
interface Asking {
  readonly size: number;
  readonly dataDir: string;
  readonly few: readonly Checked[];
  readonly many: readonly Checked[];
  /** The histories whose first check is timed. */
  readonly first: readonly Checked[];
}

const checkedOf = ({ parties }: Parties, [sourceId, destinationId]: Pair): Checked => ({
  key: parties.find(({ id }) => id === sourceId)?.key ?? '',
  ...{ sourceId, destinationId },
});

async function storedLog(connections: number, folder: string): Promise<Asking> {
  const dataDir = join(folder, `checks-${connections}`);
  const parties = await makeParties(dataDir);
  const sources = parties.parties.map(({ id }) => id);
  const seed = { dataDir, connections, eventsEach: 1, sources, destinations: parties.destinations } as const;
  seedLog(seed);
  await replayOnce({ dataDir, by: 'rebuild' });
  const some = (count: number): Checked[] =>
    Array.from({ length: count }, (_, nth) => checkedOf(parties, pairOf(seed, (nth * STRIDE) % connections)));
  process.stderr.write(`${connections} connections stored\n`);
  return { size: connections, dataDir, few: some(FEW), many: connections < MANY ? [] : some(MANY), first: [] };
}

async function historiesOf(events: number, folder: string): Promise<Asking> {
  const dataDir = join(folder, `histories-${events}`);
  const parties = await makeParties(dataDir, HISTORIES, HISTORIES);
  const pairs = parties.parties.map(({ id }, nth): Pair => [id, parties.destinations[nth] ?? '']);
  seedHistories(dataDir, pairs, events);
  await replayOnce({ dataDir, by: 'rebuild' });
  const few = pairs.map((pair) => checkedOf(parties, pair));
  process.stderr.write(`${HISTORIES} histories of ${events} events\n`);
  return { size: events, dataDir, few, many: [], first: few };
}

/** Each log with a service of its own, all of them loaded in turn. */
async function inTurn(all: readonly Asking[], options: Options, folder: string): Promise<AskedOf[]> {
  const load = newLoad();
  const log = join(folder, 'checks.log');
  const running: { asking: Asking; service: Service; first: number[]; few: Round[]; many: Round[] }[] = [];
  try {
    for (const asking of all) {
      await followed(asking.dataDir);
      const service = await startService(asking.dataDir, log);
      running.push({ asking, service, first: await firstChecks(service, asking), few: [], many: [] });
    }
    for (let round = -WARMING_UP; round < options.rounds; round += 1) {
      for (const { asking, service, few, many } of round % 2 === 0 ? running : running.toReversed()) {
        for (const [checked, rounds] of [[asking.few, few] as const, [asking.many, many] as const]) {
          if (checked.length === 0) continue;
          const server = { target: asking.dataDir, port: service.port, pid: service.pid };
          truncateSync(log);
          const measured = await measure(load, server, { name: 'check', work: () => one(checked) }, options);
          if (round >= 0) rounds.push(measured);
        }
      }
    }
    return running.map(({ asking: { size }, first, few, many }) => ({
      size,
      few: loadedOf(few),
      many: many.length === 0 ? null : loadedOf(many),
      first: first.length === 0 ? null : spreadOf(first),
    }));
  } finally {
    load.stop();
    for (const { service } of running) await service.stop();
  }
}

/**
 * Lets a service follow what was seeded, and end. In one that has just followed a long log, everything else is compiled
 * less well, and answers a quarter slower: that would be taken for what is stored.
 */
async function followed(dataDir: string): Promise<void> {
  const service = await startService(dataDir);
  await service.caughtUp();
  await service.stop();
}

/** Milliseconds that each took, over one connection that was used before. */
async function firstChecks({ port }: Service, { first }: Asking): Promise<number[]> {
  const connection = new HttpConnection(port);
  const ask = ({ key, ...pair }: Checked): Promise<unknown> =>
    new Promise((resolve, reject) => connection.send(checkRequest(key, [pair]), resolve, reject));
  const took: number[] = [];
  try {
    for (const checked of first) {
      // In the other direction there is nothing to read, but everything else is warmed up by it.
      await ask({ ...checked, sourceId: checked.destinationId, destinationId: checked.sourceId });
      const started = performance.now();
      await ask(checked);
      took.push(performance.now() - started);
    }
    return took;
  } finally {
    connection.close();
  }
}
