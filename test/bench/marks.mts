import type { Figures } from './page.mts';

/** What was aimed at, what was measured (medians), and whether that is enough. */
export interface Mark {
  readonly what: string;
  readonly mark: string;
  readonly measured: string;
  readonly met: boolean;
}

const LEAST_RATIO = 0.5;
const LEAST_CHECK_RATIO = 0.7;
const LEAST_BATCH_GAIN = 20;
const LEAST_REBUILD_RATE = 100_000;
/** Milliseconds. */
const LONGEST_START = 2_000;
/** Bytes. */
const MOST_MEMORY = 200 * 1_048_576;

/** The marks of what was measured in this run. */
export function marksOf({ http, rebuild, stored }: Figures): Mark[] {
  const marks: Mark[] = [];
  const ratios = (what: string, least: number, isOne: (name: string) => boolean): void => {
    const measured = (http ?? []).filter(({ name }) => isOne(name));
    if (measured.length === 0) return;
    const worst = Math.min(...measured.map(({ ratio }) => ratio.median));
    marks.push({
      what,
      mark: `≥ ${least} of the ceiling`,
      measured: measured.map(({ name, ratio }) => `${ratio.median.toFixed(2)} ${name}`).join('; '),
      met: worst >= least,
    });
  };
  ratios('commands', LEAST_RATIO, (name) => !/^(GET|share)/.test(name));
  ratios('reads', LEAST_RATIO, (name) => name.startsWith('GET'));
  ratios('share checks, one a call', LEAST_CHECK_RATIO, (name) => name === 'share check');
  const [one, hundred] = ['share check', 'share checks, 100 a call'].map((name) =>
    http?.find((figure) => figure.name === name),
  );
  if (one && hundred) {
    const times = (100 * hundred.service.rate.median) / one.service.rate.median;
    marks.push({
      what: 'share checks, 100 a call',
      mark: `≥ ${LEAST_BATCH_GAIN} times the checks a second of one a call`,
      measured: `${times.toFixed(0)} times`,
      met: times >= LEAST_BATCH_GAIN,
    });
  }
  if (rebuild) {
    const { median } = rebuild.rebuild.rate;
    const perProcessor = 1_000_000 / rebuild.rebuild.cpu.median;
    marks.push({
      what: 'rebuild',
      mark: '≥ 100,000 events/s',
      measured: `${shown(median)} (${shown(perProcessor)} a second of processor time)`,
      met: median >= LEAST_REBUILD_RATE,
    });
  }
  const largest = stored?.at(-1);
  if (stored && largest) {
    const starts = stored.map(({ start }) => start.median);
    marks.push({
      what: 'start',
      mark: '≤ 2 s',
      measured: starts.map((start) => `${(start / 1_000).toFixed(2)} s`).join(', '),
      met: Math.max(...starts) <= LONGEST_START,
    });
    marks.push({
      what: `memory, ${shown(largest.connections)} stored`,
      mark: '≤ 200 MB',
      measured: `${shown(largest.afterCommands.peak / 1_048_576)} MB at its peak`,
      met: largest.afterCommands.peak <= MOST_MEMORY,
    });
  }
  return marks;
}

const shown = (value: number): string => Math.round(value).toLocaleString('en');
