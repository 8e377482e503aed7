import type { AskedOf, CheckFigures } from './check-figures.mts';
import type { Mark } from './marks.mts';

const LEAST_RATIO = 0.7;
const LEAST_BATCH_GAIN = 20;
const MOST_SPREAD = 3;
/** The rate of the largest by that of the smallest, and the processor time of the smallest by that of the largest. */
const LEAST_FLATNESS = 0.8;

export function checkMarks({ single, batch, half, stored, histories }: CheckFigures): Mark[] {
  const gain = (100 * batch.service.rate.median) / single.service.rate.median;
  const spread = half.service.p99.median / half.service.p50.median;
  return [
    {
      what: 'share check, one a call',
      mark: `≥ ${LEAST_RATIO} of the ceiling`,
      measured: `${single.ratio.median.toFixed(2)} (${single.cpuRatio.median.toFixed(2)} by processor time)`,
      met: single.ratio.median >= LEAST_RATIO,
    },
    {
      what: 'share checks, 100 a call',
      mark: `≥ ${LEAST_BATCH_GAIN} times the checks a second of one a call`,
      measured: `${gain.toFixed(0)} times (${((100 * single.service.cpu.median) / batch.service.cpu.median).toFixed(0)} by processor time)`,
      met: gain >= LEAST_BATCH_GAIN,
    },
    {
      what: 'share check, at half the load',
      mark: `p99 ≤ ${MOST_SPREAD} × p50`,
      measured: `${spread.toFixed(1)} × (the ceiling: ${(half.ceiling.p99.median / half.ceiling.p50.median).toFixed(1)} ×)`,
      met: spread <= MOST_SPREAD,
    },
    flatMark('connections stored', stored),
    flatMark('events of each connection', histories),
  ];
}

function flatMark(what: string, all: readonly AskedOf[]): Mark {
  const [smallest, largest] = [all[0], all.at(-1)];
  if (smallest === undefined || largest === undefined) throw new Error('Not all was measured.');
  const byRate = largest.few.rate.median / smallest.few.rate.median;
  const byCpu = smallest.few.cpu.median / largest.few.cpu.median;
  return {
    what: `share check, ${shown(smallest.size)} and ${shown(largest.size)} ${what}`,
    mark: `flat: ≥ ${LEAST_FLATNESS} of the rate`,
    measured: `${byRate.toFixed(2)} (${byCpu.toFixed(2)} by processor time)`,
    met: byRate >= LEAST_FLATNESS,
  };
}

const shown = (value: number): string => Math.round(value).toLocaleString('en');
