import { Child } from './child.mts';
import type { LogClient, LogWork, Replayed, Worked } from './log-client.mts';
import type { Options } from './options.mts';
import { processorSecondsOf } from './processes.mts';
import { WireServer } from './servers.mts';
import { type Spread, spreadOf } from './statistics.mts';

export interface LogWorkload {
  /** Events a second. */
  readonly rate: Spread;
  /** Microseconds of the client's processor time for each event. */
  readonly cpu: Spread;
}

/** The adapter beside a bare client at the same work. */
export interface EventStoreFigure {
  readonly name: string;
  readonly adapter: LogWorkload;
  readonly ceiling: LogWorkload;
  readonly ratio: Spread;
  /** Processor time of the bare client by that of the adapter, round by round. */
  readonly cpuRatio: Spread;
  /** The part of one core that the server was busy with, at the most. */
  readonly serverBusy: number;
}

/** Appends under way at once. */
const IN_FLIGHT = [1, 16, 200];
const WARM_UP: LogWork = { kind: 'append', inFlight: 16, seconds: 1 };

interface Measured extends Worked {
  readonly serverSeconds: number;
}

/** One server of EventStoreDB's protocol, and clients of it in processes of their own. */
class Bench {
  readonly #server = new WireServer();
  readonly #clients = new Map<LogClient, Child>();

  async start(clients: readonly LogClient[]): Promise<void> {
    const url = await this.#server.start();
    for (const client of clients) this.#clients.set(client, new Child('log-client.mts', [client, url]));
  }

  async ask<Answer extends Worked>(client: LogClient, work: LogWork): Promise<Answer & Measured> {
    const before = processorSecondsOf(this.#server.pid);
    const answer = await (this.#clients.get(client) as Child).ask<Answer>(work);
    return { ...answer, serverSeconds: processorSecondsOf(this.#server.pid) - before };
  }

  stop(): void {
    for (const client of this.#clients.values()) client.stop();
    this.#server.stop();
  }
}

/** The EventStoreDB adapter and the bare client on the same server of its protocol, in turn. */
export async function eventStoreFigures(options: Options): Promise<EventStoreFigure[]> {
  return [...(await appends(options)), ...(await replays(options))];
}

async function appends({ rounds, seconds }: Options): Promise<EventStoreFigure[]> {
  const bench = new Bench();
  try {
    await bench.start(['adapter', 'bare subscription']);
    for (const client of ['adapter', 'bare subscription'] as const) await bench.ask(client, WARM_UP);
    const figures: EventStoreFigure[] = [];
    for (const inFlight of IN_FLIGHT) {
      const work: LogWork = { kind: 'append', inFlight, seconds: seconds / 2 };
      const name = `append, ${inFlight} under way`;
      figures.push(
        await inTurn(name, rounds, {
          adapter: () => bench.ask('adapter', work),
          ceiling: () => bench.ask('bare subscription', work),
        }),
      );
    }
    return figures;
  } finally {
    bench.stop();
  }
}

async function replays({ rounds, served }: Options): Promise<EventStoreFigure[]> {
  const bench = new Bench();
  try {
    await bench.start(['adapter', 'bare subscription', 'bare readAll']);
    const { events } = await bench.ask('adapter', { kind: 'seed', connections: served });
    const digests = new Set<string>();
    const replay = async (client: LogClient): Promise<Measured> => {
      const { digest, ...measured } = await bench.ask<Replayed>(client, { kind: 'replay', events });
      digests.add(digest);
      if (digests.size > 1) throw new Error(`They do not give the same events: ${[...digests].join('; ')}`);
      return measured;
    };
    for (const client of ['adapter', 'bare subscription', 'bare readAll'] as const) await replay(client);
    const figures: EventStoreFigure[] = [];
    for (const ceiling of ['bare subscription', 'bare readAll'] as const) {
      const name = `replay of ${events.toLocaleString('en')} events, beside its ${ceiling.slice('bare '.length)}`;
      figures.push(await inTurn(name, rounds, { adapter: () => replay('adapter'), ceiling: () => replay(ceiling) }));
    }
    return figures;
  } finally {
    bench.stop();
  }
}

async function inTurn(
  name: string,
  rounds: number,
  { adapter, ceiling }: Readonly<Record<'adapter' | 'ceiling', () => Promise<Measured>>>,
): Promise<EventStoreFigure> {
  const pairs: [adapter: Measured, ceiling: Measured][] = [];
  for (let round = 0; round < rounds; round += 1) {
    // Twice each and the other way round, so that whatever changes meanwhile on the machine meets both alike.
    const [one, other] = [await adapter(), await ceiling()];
    const again = await ceiling();
    pairs.push([together(one, await adapter()), together(other, again)]);
  }
  const rate = ({ events, seconds }: Measured): number => events / seconds;
  const cpu = ({ events, cpuSeconds }: Measured): number => (cpuSeconds * 1_000_000) / events;
  const workload = (all: readonly Measured[]): LogWorkload => ({
    rate: spreadOf(all.map(rate)),
    cpu: spreadOf(all.map(cpu)),
  });
  const figure = {
    name,
    adapter: workload(pairs.map(([one]) => one)),
    ceiling: workload(pairs.map(([, other]) => other)),
    ratio: spreadOf(pairs.map(([one, other]) => rate(one) / rate(other))),
    cpuRatio: spreadOf(pairs.map(([one, other]) => cpu(other) / cpu(one))),
    serverBusy: Math.max(...pairs.flat().map(({ serverSeconds, seconds }) => serverSeconds / seconds)),
  };
  process.stderr.write(`${name}: ${figure.ratio.median.toFixed(2)} of the bare client\n`);
  return figure;
}

const together = (one: Measured, other: Measured): Measured => ({
  events: one.events + other.events,
  seconds: one.seconds + other.seconds,
  cpuSeconds: one.cpuSeconds + other.cpuSeconds,
  serverSeconds: one.serverSeconds + other.serverSeconds,
});
