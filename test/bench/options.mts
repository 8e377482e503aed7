import { parseArgs } from 'node:util';

export const sections = [
  'http',
  'checks',
  'rebuild',
  'stored',
  'eventstore',
  'postgres',
  'audit',
  'dashboard',
] as const;
export type Section = (typeof sections)[number];

/** How much is measured. */
export interface Options {
  readonly rounds: number;
  /** How long each load of a round lasts. */
  readonly seconds: number;
  /** Sockets of the load generator. */
  readonly connections: number;
  /** Connections in the log that is replayed; each has four events. */
  readonly rebuilt: number;
  /** Connections in the log that is replayed from and to servers; each has four events. */
  readonly served: number;
  /** Connections stored: the sizes that are compared. */
  readonly stored: readonly number[];
  /** Connections in the log that is exported and verified; each has four events. */
  readonly audited: number;
  readonly only: readonly Section[];
  /** Put the figures into docs/benchmarks.md as well. */
  readonly write: boolean;
}

const HELP = `Measures the built service, each figure beside its ceiling, and prints a page of Markdown.

  npm run bench                        a quick look, under eight minutes on a quiet machine
  npm run bench -- --full              a million events replayed, a million connections stored
  npm run bench -- --only http         one part of ${sections.join(', ')} (several with commas)
  npm run bench -- --full --write      put the figures into docs/benchmarks.md

  --rounds N       rounds of service and ceiling in turn (5)
  --seconds N      seconds of each load (1.5; full 5)
  --connections N  sockets of the load generator (32)
  --rebuilt N      connections in the replayed log, four events each (50000; full 250000)
  --served N       connections in the log that is replayed from EventStoreDB's protocol and to PostgreSQL, four events
                   each (12500; full 25000)
  --audited N      connections in the log that is exported, verified and proven, four events each (50000; full 250000)
  --stored A,B,C   connections stored (1000,10000,100000; full 1000,100000,1000000)

BENCH_DIST names another build than dist/, to compare two.
`;

/** @returns null when only the help was asked for. */
export function optionsFrom(args: readonly string[]): Options | null {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ full: flag, write: flag, help: flag },
      ...{
        rounds: text,
        seconds: text,
        connections: text,
        rebuilt: text,
        served: text,
        audited: text,
        stored: text,
        only: text,
      },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return null;
  }
  const { full } = values;
  const number = (given: string | undefined, otherwise: number): number => positive(given ?? String(otherwise));
  const stored = values.stored ?? (full ? '1000,100000,1000000' : '1000,10000,100000');
  return {
    rounds: number(values.rounds, 5),
    seconds: number(values.seconds, full ? 5 : 1.5),
    connections: number(values.connections, 32),
    rebuilt: number(values.rebuilt, full ? 250_000 : 50_000),
    served: number(values.served, full ? 25_000 : 12_500),
    audited: number(values.audited, full ? 250_000 : 50_000),
    stored: stored.split(',').map(positive),
    only: (values.only?.split(',') ?? sections).map(sectionOf),
    write: values.write,
  };
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`${text} is not a positive number. Try --help.`);
}

function sectionOf(text: string): Section {
  const section = sections.find((known) => known === text);
  if (section === undefined) throw new Error(`${text} is none of ${sections.join(', ')}. Try --help.`);
  return section;
}
