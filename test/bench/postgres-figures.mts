import { join } from 'node:path';
import { Child } from './child.mts';
import type { Options } from './options.mts';
import { makeParties } from './parties.mts';
import type { Projected, ProjectingWork, Way } from './projecting.mts';
import { seedLog } from './seed.mts';
import { PostgresServer } from './servers.mts';
import { type Spread, spreadOf } from './statistics.mts';

export interface Projecting {
  /** Events a second. */
  readonly rate: Spread;
  /** Microseconds of this process's processor time for each event. */
  readonly cpu: Spread;
  /** Microseconds of PostgreSQL's processor time for each event. */
  readonly database: Spread;
}

/** The projection to PostgreSQL beside the same statements through the bare driver. */
export interface PostgresFigure {
  readonly name: string;
  readonly events: number;
  readonly service: Projecting;
  readonly ceiling: Projecting;
  readonly ratio: Spread;
  /** Processor time of the ceiling by that of the service, that of PostgreSQL included, round by round. */
  readonly cpuRatio: Spread;
}

const WAYS: readonly (readonly [way: Way, name: string])[] = [
  ['projector', 'projector, following from the beginning'],
  ['rebuild', 'rebuild'],
];

/** Fills the read model on a real PostgreSQL server in both ways, and sends it the same statements, in turn. */
export async function postgresFigures({ rounds, served }: Options, folder: string): Promise<PostgresFigure[]> {
  const dataDir = join(folder, 'postgres');
  const { parties, destinations } = await makeParties(dataDir);
  const sources = parties.map(({ id }) => id);
  const events = seedLog({ dataDir, connections: served, eventsEach: 4, sources, destinations });
  const server = new PostgresServer();
  const [service, driver] = [new Child('projecting.mts'), new Child('projecting.mts')];
  const ask = async (way: Way, by: ProjectingWork['by']): Promise<Projected> => {
    const work: ProjectingWork = { way, by, dataDir, url: await server.createDatabase() };
    return (by === 'service' ? service : driver).ask<Projected>(work);
  };
  try {
    const figures: PostgresFigure[] = [];
    for (const [way, name] of WAYS) {
      await ask(way, 'service');
      await ask(way, 'recorded');
      const pairs: [one: Projected, other: Projected][] = [];
      for (let round = 0; round < rounds; round += 1) {
        const [one, other] = [await ask(way, 'service'), await ask(way, 'bare driver')];
        if (one.rows !== other.rows) throw new Error(`They do not give the same rows:\n${one.rows}\n${other.rows}`);
        pairs.push([one, other]);
      }
      figures.push(figureOf(name, events, pairs));
    }
    return figures;
  } finally {
    for (const child of [service, driver]) child.stop();
    server.stop();
  }
}

function figureOf(
  name: string,
  events: number,
  pairs: readonly (readonly [one: Projected, other: Projected])[],
): PostgresFigure {
  const projecting = (all: readonly Projected[]): Projecting => ({
    rate: spreadOf(all.map(({ seconds }) => events / seconds)),
    cpu: spreadOf(all.map(({ cpuSeconds }) => (cpuSeconds * 1_000_000) / events)),
    database: spreadOf(all.map(({ databaseSeconds }) => (databaseSeconds * 1_000_000) / events)),
  });
  const whole = ({ cpuSeconds, databaseSeconds }: Projected): number => cpuSeconds + databaseSeconds;
  const figure = {
    name,
    events,
    service: projecting(pairs.map(([one]) => one)),
    ceiling: projecting(pairs.map(([, other]) => other)),
    ratio: spreadOf(pairs.map(([one, other]) => other.seconds / one.seconds)),
    cpuRatio: spreadOf(pairs.map(([one, other]) => whole(other) / whole(one))),
  };
  process.stderr.write(`PostgreSQL, ${name}: ${Math.round(figure.service.rate.median)} events a second\n`);
  return figure;
}
