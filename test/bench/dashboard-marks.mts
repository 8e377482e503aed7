import type { DashboardFigure } from './dashboard-figures.mts';
import type { Mark } from './marks.mts';

/** Bytes, gzipped. */
const MOST_SCRIPT = 200_000;
/** Milliseconds. */
const LATEST_PAINT = 1_000;
const LONGEST_INTERACTION = 200;

export function dashboardMarks(figures: readonly DashboardFigure[]): Mark[] {
  const pages = figures.filter(({ page }) => page !== 'bare');
  const each = (measured: (figure: DashboardFigure) => string): string =>
    pages.map((figure) => `${measured(figure)} ${figure.page}`).join('; ');
  return [
    {
      what: 'first load',
      mark: '≤ 200 kB of JavaScript, gzipped',
      measured: each(({ script }) => `${(script / 1_000).toFixed(0)} kB`),
      met: pages.every(({ script }) => script <= MOST_SCRIPT),
    },
    {
      what: 'first paint',
      mark: '≤ 1 s',
      measured: each(({ firstPaint }) => `${firstPaint.median.toFixed(0)} ms`),
      met: pages.every(({ firstPaint }) => firstPaint.median <= LATEST_PAINT),
    },
    {
      what: 'interaction to next paint',
      mark: '≤ 200 ms',
      measured: each(({ slowest }) => `${slowest?.took.median.toFixed(0)} ms`),
      met: pages.every(({ slowest }) => slowest !== null && slowest.took.median <= LONGEST_INTERACTION),
    },
    {
      what: 'layout shift',
      mark: '0',
      measured: each(({ shift }) => shift.toFixed(3)),
      met: pages.every(({ shift }) => shift === 0),
    },
  ];
}
