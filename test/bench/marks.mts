import { auditMarks } from './audit-marks.mts';
import { checkMarks } from './check-marks.mts';
import { dashboardMarks } from './dashboard-marks.mts';
import { ANEW } from './http-figures.mts';
import type { Figures } from './page.mts';

/** What was aimed at, what was measured (medians), and whether that is enough. */
export interface Mark {
  readonly what: string;
  readonly mark: string;
  readonly measured: string;
  readonly met: boolean;
}

const LEAST_RATIO = 0.5;
const LEAST_BARE_CLIENT_RATIO = 0.8;
const LEAST_POSTGRES_RATE = 30_000;
const LEAST_REBUILD_RATE = 100_000;
/** Milliseconds. */
const LONGEST_START = 2_000;
/** Bytes. */
const MOST_MEMORY = 200 * 1_048_576;

/** The marks of what was measured in this run. */
export function marksOf({ http, checks, rebuild, stored, eventStore, postgres, audit, dashboard }: Figures): Mark[] {
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
  ratios('commands', LEAST_RATIO, (name) => !name.startsWith('GET'));
  ratios('reads', LEAST_RATIO, (name) => name.startsWith('GET') && !name.endsWith(ANEW));
  if (checks) marks.push(...checkMarks(checks));
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
  const besideBareClient = (what: string, kind: string): void => {
    const measured = (eventStore ?? []).filter(({ name }) => name.startsWith(kind));
    if (measured.length === 0) return;
    marks.push({
      what,
      mark: `≥ ${LEAST_BARE_CLIENT_RATIO} of the bare client`,
      measured: measured.map(({ name, ratio }) => `${ratio.median.toFixed(2)} ${name}`).join('; '),
      met: Math.min(...measured.map(({ ratio }) => ratio.median)) >= LEAST_BARE_CLIENT_RATIO,
    });
  };
  besideBareClient('EventStoreDB adapter, appends', 'append');
  besideBareClient('EventStoreDB adapter, replay', 'replay');
  if (postgres) {
    const rates = postgres.map(({ service }) => service.rate.median);
    marks.push({
      what: 'projection to PostgreSQL',
      mark: `≥ ${shown(LEAST_POSTGRES_RATE)} events/s`,
      measured: postgres
        .map(({ name, service: { rate, cpu, database } }) => {
          // They take turns, so what both need together is what one event takes on a machine that is not shared.
          const perProcessor = 1_000_000 / (cpu.median + database.median);
          return `${shown(rate.median)} ${name} (${shown(perProcessor)} a second of processor time)`;
        })
        .join('; '),
      met: Math.min(...rates) >= LEAST_POSTGRES_RATE,
    });
  }
  if (audit) marks.push(...auditMarks(audit));
  if (dashboard) marks.push(...dashboardMarks(dashboard));
  return marks;
}

const shown = (value: number): string => Math.round(value).toLocaleString('en');
