import { join } from 'node:path';
import { answerTo, canned, makePairs } from './canned.mts';
import { Child, newLoad } from './child.mts';
import type { Job, Measured, Work } from './load.mts';
import type { Options } from './options.mts';
import { makeParties } from './parties.mts';
import { processorSecondsOf } from './processes.mts';
import { getRequest, listRequest } from './requests.mts';
import { startService } from './service.mts';
import { type Spread, spreadOf } from './statistics.mts';

/** What one server did under one kind of load, over all rounds. */
export interface Loaded {
  /** Requests a second. */
  readonly rate: Spread;
  /** Milliseconds. */
  readonly p50: Spread;
  readonly p99: Spread;
  /** Microseconds of the server's processor time for each request. */
  readonly cpu: Spread;
  /** The part of the time in which the load generator was not waiting. */
  readonly busy: Spread;
}

export interface HttpFigure {
  readonly name: string;
  readonly service: Loaded;
  readonly ceiling: Loaded;
  /** Rate of the service by the rate of its ceiling, round by round. */
  readonly ratio: Spread;
  /** Processor time of the ceiling by that of the service, round by round: the ratio on a machine that is not shared. */
  readonly cpuRatio: Spread;
}

export interface Round extends Measured {
  readonly cpu: number;
}

export interface Server {
  readonly target: string;
  readonly port: number;
  readonly pid: number;
}

export interface Kind {
  readonly name: string;
  readonly work: () => Work;
  readonly idempotent?: boolean;
  readonly connections?: number;
  /** See `Job`. */
  readonly every?: number;
}

/** Of what is not answered as it was before; told, and no mark. */
export const ANEW = ', made anew';

/** Rounds of each kind that are not counted: the service has more code to compile than its ceiling, and goes on for some seconds. */
export const WARMING_UP = 4;

/** Commands and reads over HTTP: the service and its ceiling, in turn. */
export async function httpFigures(options: Options, folder: string): Promise<HttpFigure[]> {
  const dataDir = join(folder, 'http');
  const parties = await makeParties(dataDir);
  const service = await startService(dataDir);
  const ceiling = new Child('ceiling-server.mts');
  const load = newLoad();
  try {
    const answers = await canned(service.port, dataDir, parties, join(folder, 'ceiling.sqlite'));
    const { port } = await ceiling.ask<{ port: number }>(answers);
    const key = parties.parties[0]?.key ?? '';
    await sameBytes(service.port, port, [getRequest(key, answers.id), listRequest(key)]);
    const pairs = await makePairs(service.port, parties, 3_200);
    // The canned answers took the first pairs of the parties among themselves; creates go to the other organizations.
    let from = 0;
    const create = (): Work => ({ kind: 'create', ...parties, from });
    const step = (): Work => ({ kind: 'step', pairs });
    const get = (anew: boolean): Work => ({ kind: 'get', reads: pairs.map(({ source, id }) => [source, id]), anew });
    const list = (anew: boolean): Work => ({ kind: 'list', keys: parties.parties.map(({ key }) => key), anew });
    const kinds: Kind[] = [
      { name: 'create', work: create },
      { name: 'create, with Idempotency-Key', work: create, idempotent: true },
      { name: 'create, one client', work: create, connections: 1 },
      { name: 'activate, deactivate, reactivate', work: step },
      { name: 'the same, with Idempotency-Key', work: step, idempotent: true },
      { name: 'GET by id', work: () => get(false) },
      { name: `GET by id${ANEW}`, work: () => get(true) },
      { name: 'GET list of 10', work: () => list(false) },
      { name: `GET list of 10${ANEW}`, work: () => list(true) },
    ];
    const servers: Server[] = [
      { target: 'service', port: service.port, pid: service.pid },
      { target: 'ceiling', port, pid: ceiling.pid },
    ];
    const figures: HttpFigure[] = [];
    for (const kind of kinds) {
      const rounds: { service: Round[]; ceiling: Round[] } = { service: [], ceiling: [] };
      for (let round = -WARMING_UP; round < options.rounds; round += 1) {
        for (const server of servers) {
          const measured = await measure(load, server, kind, options);
          from += measured.requests + options.connections;
          if (round >= 0) rounds[server.target as 'service' | 'ceiling'].push(measured);
        }
      }
      figures.push(figureOf(kind.name, rounds.service, rounds.ceiling));
      process.stderr.write(`${kind.name}: ${figures.at(-1)?.ratio.median.toFixed(2)} of the ceiling\n`);
    }
    return figures;
  } finally {
    load.stop();
    ceiling.stop();
    await service.stop();
  }
}

export async function measure(
  load: Child,
  server: Pick<Server, 'target' | 'port' | 'pid'>,
  kind: Kind,
  options: Pick<Options, 'connections' | 'seconds'>,
): Promise<Round> {
  const job: Job = {
    port: server.port,
    target: server.target,
    connections: kind.connections ?? options.connections,
    seconds: options.seconds,
    idempotent: kind.idempotent ?? false,
    ...(kind.every !== undefined && { every: kind.every }),
    work: kind.work(),
  };
  const before = processorSecondsOf(server.pid);
  const { measured } = await load.ask<{ measured: Measured }>(job);
  // Each connection sends one request before those that are measured.
  const answered = measured.requests + job.connections;
  return { ...measured, cpu: ((processorSecondsOf(server.pid) - before) * 1_000_000) / answered };
}

export const loadedOf = (rounds: readonly Round[]): Loaded => ({
  rate: spreadOf(rounds.map(({ rate }) => rate)),
  p50: spreadOf(rounds.map(({ p50 }) => p50)),
  p99: spreadOf(rounds.map(({ p99 }) => p99)),
  cpu: spreadOf(rounds.map(({ cpu }) => cpu)),
  busy: spreadOf(rounds.map(({ busy }) => busy)),
});

export function figureOf(name: string, service: readonly Round[], ceiling: readonly Round[]): HttpFigure {
  const byRound = (of: (one: Round, other: Round) => number): Spread =>
    spreadOf(service.flatMap((one, round) => (ceiling[round] ? [of(one, ceiling[round])] : [])));
  return {
    name,
    service: loadedOf(service),
    ceiling: loadedOf(ceiling),
    ratio: byRound((one, other) => one.rate / other.rate),
    cpuRatio: byRound((one, other) => other.cpu / one.cpu),
  };
}

/** The comparison is fair only as long as both send the same. @throws when they do not. */
export async function sameBytes(service: number, ceiling: number, requests: readonly string[]): Promise<void> {
  for (const request of requests) {
    const [one, other] = await Promise.all([answerTo(service, request), answerTo(ceiling, request)]);
    const headers = (head: string): string[] =>
      head
        .split('\r\n')
        .map((line) => line.split(':')[0]?.toLowerCase() ?? '')
        .sort();
    if (one.body() !== other.body() || headers(one.head).join() !== headers(other.head).join()) {
      throw new Error(`The ceiling does not answer as the service does:\n${one.head}\n\n${other.head}`);
    }
  }
}
