import { join } from 'node:path';
import { Child, CLI_FLAGS } from './child.mts';
import type { Options } from './options.mts';
import { makeParties } from './parties.mts';
import type { Replay, Replayed } from './replay.mts';
import { seedLog } from './seed.mts';
import { type Spread, spreadOf } from './statistics.mts';

export interface Replays {
  /** Events a second. */
  readonly rate: Spread;
  /** Microseconds of processor time for each event. */
  readonly cpu: Spread;
  /** Bytes. */
  readonly peak: Spread;
}

export interface RebuildFigure {
  readonly events: number;
  readonly connections: number;
  readonly rebuild: Replays;
  readonly ceiling: Replays;
  readonly ratio: Spread;
  /** Processor time of the ceiling by that of the rebuild, round by round. */
  readonly cpuRatio: Spread;
}

/** One replay in a process of its own, so that no run warms up the next. */
export async function replayOnce(question: Replay): Promise<Replayed> {
  const child = new Child('replay.mts', [], CLI_FLAGS);
  try {
    return await child.ask<Replayed>(question);
  } finally {
    child.stop();
  }
}

/** The service's rebuild of its read model and a raw loop that writes the same rows, in turn. */
export async function rebuildFigures({ rounds, rebuilt }: Options, folder: string): Promise<RebuildFigure> {
  const dataDir = join(folder, 'rebuild');
  const { parties, destinations } = await makeParties(dataDir);
  const sources = parties.map(({ id }) => id);
  const events = seedLog({ dataDir, connections: rebuilt, eventsEach: 4, sources, destinations });
  const runs: { rebuild: Replayed[]; ceiling: Replayed[] } = { rebuild: [], ceiling: [] };
  for (let round = 0; round < rounds; round += 1) {
    const one = await replayOnce({ dataDir, by: 'rebuild' });
    const other = await replayOnce({ dataDir, by: 'raw loop' });
    if (one.rows !== other.rows) throw new Error(`They do not give the same rows:\n${one.rows}\n${other.rows}`);
    runs.rebuild.push(one);
    runs.ceiling.push(other);
    process.stderr.write(`rebuild: ${(other.seconds / one.seconds).toFixed(2)} of the ceiling\n`);
  }
  const replays = (all: readonly Replayed[]): Replays => ({
    rate: spreadOf(all.map(({ seconds }) => events / seconds)),
    cpu: spreadOf(all.map(({ cpuSeconds }) => (cpuSeconds * 1_000_000) / events)),
    peak: spreadOf(all.map(({ peak }) => peak)),
  });
  const byRound = (of: (one: Replayed) => number): Spread =>
    spreadOf(runs.rebuild.flatMap((one, round) => (runs.ceiling[round] ? [of(runs.ceiling[round]) / of(one)] : [])));
  return {
    events,
    connections: rebuilt,
    rebuild: replays(runs.rebuild),
    ceiling: replays(runs.ceiling),
    ratio: byRound(({ seconds }) => seconds),
    cpuRatio: byRound(({ cpuSeconds }) => cpuSeconds),
  };
}
