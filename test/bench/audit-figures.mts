import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AppendWork, BothAppended } from './append-work.mts';
import type { Audited, AuditKind } from './audit-work.mts';
import { generateSignerKey } from './built-audit.mts';
import { Child, CLI_FLAGS } from './child.mts';
import type { Options } from './options.mts';
import { makeParties } from './parties.mts';
import { seedLog } from './seed.mts';
import { type Spread, spreadOf } from './statistics.mts';

export interface AuditSide {
  /** Events, appends or proofs a second. */
  readonly rate: Spread;
  /** Microseconds of processor time for each. */
  readonly cpu: Spread;
  /** Bytes; NaN where it was not looked at. */
  readonly peak: Spread;
}

export interface AuditFigure {
  readonly name: AuditName;
  readonly service: AuditSide;
  readonly ceiling: AuditSide;
  readonly ratio: Spread;
  /** Processor time of the ceiling by that of the service, round by round. */
  readonly cpuRatio: Spread;
}

export interface AuditFigures {
  readonly events: number;
  readonly figures: readonly AuditFigure[];
  /** The peaks with a log of a quarter, in bytes. */
  readonly quarter: readonly { readonly name: AuditName; readonly peak: Spread }[];
}

const KINDS = {
  'verify an export': ['verify', 'bare verify'],
  export: ['export', 'bare export'],
  'audit verify': ['verify log', 'bare verify log'],
  'tree projection': ['tree', 'bare tree'],
  'inclusion proof': ['proofs', 'bare proofs'],
} as const satisfies Record<string, readonly [AuditKind, AuditKind]>;

export type AuditName = keyof typeof KINDS | `append, ${number} under way`;

/** Those whose memory must not follow the log. */
const FLAT = ['export', 'verify an export', 'audit verify'] as const;
const IN_FLIGHT = [1, 16];
type Measured = Omit<Audited, 'peak'> & Partial<Pick<Audited, 'peak'>>;
type Pair = readonly [service: Measured, ceiling: Measured];

/** A log with its tree and an export of everything, and processes that each do one thing with it. */
class AuditedLog {
  readonly #signer = generateSignerKey('bench.example').line;
  readonly #dataDir: string;

  constructor(folder: string, name: string) {
    this.#dataDir = join(folder, name);
  }

  /** @returns how many events there are. */
  async fill(connections: number): Promise<number> {
    const { parties, destinations } = await makeParties(this.#dataDir);
    const sources = parties.map(({ id }) => id);
    const events = seedLog({ dataDir: this.#dataDir, connections, eventsEach: 4, sources, destinations });
    for (const kind of ['tree', 'export'] as const) await this.measure(kind);
    process.stderr.write(`${events} events, their tree and their export are there\n`);
    return events;
  }

  async measure(kind: AuditKind): Promise<Audited> {
    const child = new Child('audit-work.mts', [], CLI_FLAGS);
    try {
      const [dataDir, signer] = [this.#dataDir, this.#signer];
      return await child.ask<Audited>({ kind, dataDir, signer, file: join(dataDir, 'export.ndjson') });
    } finally {
      child.stop();
    }
  }
}

/** What auditors and the chain cost, each beside its ceiling, in turn. */
export async function auditFigures(options: Options, folder: string): Promise<AuditFigures> {
  const { rounds, audited } = options;
  const [whole, quarter] = [new AuditedLog(folder, 'audited'), new AuditedLog(folder, 'audited-quarter')];
  const events = await whole.fill(audited);
  await quarter.fill(Math.ceil(audited / 4));
  const figures: AuditFigure[] = [];
  for (const [name, [kind, bare]] of Object.entries(KINDS) as [keyof typeof KINDS, readonly [AuditKind, AuditKind]][]) {
    figures.push(
      await inTurn(
        name,
        rounds,
        () => whole.measure(kind),
        () => whole.measure(bare),
      ),
    );
  }
  const peaks = [];
  for (const name of FLAT) {
    const all: number[] = [];
    for (let round = 0; round < rounds; round += 1) all.push((await quarter.measure(KINDS[name][0])).peak);
    peaks.push({ name, peak: spreadOf(all) });
  }
  return { events, figures: [...figures, ...(await appendFigures(options, folder))], quarter: peaks };
}

async function appendFigures({ rounds, seconds }: Options, folder: string): Promise<AuditFigure[]> {
  const places = join(folder, 'appends');
  mkdirSync(places);
  const child = new Child('append-work.mts');
  const append = (inFlight: number): Promise<BothAppended> => {
    const work: AppendWork = { folder: places, inFlight, seconds };
    return child.ask<BothAppended>(work);
  };
  try {
    await append(16);
    const figures: AuditFigure[] = [];
    for (const inFlight of IN_FLIGHT) {
      const pairs: Pair[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const { chained, unchained } = await append(inFlight);
        pairs.push([chained, unchained]);
      }
      figures.push(figureOf(`append, ${inFlight} under way`, pairs));
    }
    return figures;
  } finally {
    child.stop();
  }
}

async function inTurn(
  name: AuditName,
  rounds: number,
  service: () => Promise<Measured>,
  ceiling: () => Promise<Measured>,
): Promise<AuditFigure> {
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // Every other round begins with the ceiling, so that whatever changes on the machine meets both alike.
    const first = round % 2 === 0 ? await service() : await ceiling();
    const second = round % 2 === 0 ? await ceiling() : await service();
    pairs.push(round % 2 === 0 ? [first, second] : [second, first]);
  }
  return figureOf(name, pairs);
}

function figureOf(name: AuditName, pairs: readonly Pair[]): AuditFigure {
  const rate = ({ count, seconds }: Measured): number => count / seconds;
  const cpu = ({ count, cpuSeconds }: Measured): number => (cpuSeconds * 1_000_000) / count;
  const side = (all: readonly Measured[]): AuditSide => ({
    rate: spreadOf(all.map(rate)),
    cpu: spreadOf(all.map(cpu)),
    peak: spreadOf(all.map(({ peak = Number.NaN }) => peak)),
  });
  const figure = {
    name,
    service: side(pairs.map(([one]) => one)),
    ceiling: side(pairs.map(([, other]) => other)),
    ratio: spreadOf(pairs.map(([one, other]) => rate(one) / rate(other))),
    cpuRatio: spreadOf(pairs.map(([one, other]) => cpu(other) / cpu(one))),
  };
  process.stderr.write(`${name}: ${figure.ratio.median.toFixed(2)} of the ceiling\n`);
  return figure;
}
