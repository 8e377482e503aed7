import type { AuditFigure, AuditFigures, AuditName } from './audit-figures.mts';
import type { Mark } from './marks.mts';

const LEAST_VERIFY_RATE = 150_000;
const LEAST_EXPORT_RATE = 100_000;
const LEAST_CHAINED_RATIO = 0.95;
/** Milliseconds. */
const LONGEST_PROOF = 2;
/** What the collector has not yet taken differs by as much. */
const MOST_GROWTH = 0.25;

export function auditMarks({ events, figures, quarter }: AuditFigures): Mark[] {
  const figureOf = (name: AuditName): AuditFigure => {
    const figure = figures.find((one) => one.name === name);
    if (figure === undefined) throw new Error(`${name} was not measured.`);
    return figure;
  };
  const rateMark = (name: AuditName, least: number): Mark => {
    const { rate, cpu } = figureOf(name).service;
    return {
      what: name,
      mark: `≥ ${shown(least)} events/s`,
      measured: `${shown(rate.median)} (${shown(1_000_000 / cpu.median)} a second of processor time)`,
      met: rate.median >= least,
    };
  };
  const proof = 1_000 / figureOf('inclusion proof').service.rate.median;
  const appends = figures.filter(({ name }) => name.startsWith('append'));
  const growths = quarter.map(({ name, peak }) => ({
    name,
    growth: figureOf(name).service.peak.median / peak.median - 1,
  }));
  return [
    rateMark('verify an export', LEAST_VERIFY_RATE),
    rateMark('export', LEAST_EXPORT_RATE),
    {
      what: `inclusion proof, ${shown(events)} events`,
      mark: `≤ ${LONGEST_PROOF} ms`,
      measured: `${proof.toFixed(2)} ms`,
      met: proof <= LONGEST_PROOF,
    },
    {
      what: 'what the hash chain costs an append',
      mark: `≤ ${percent(1 - LEAST_CHAINED_RATIO)}`,
      measured: appends
        .map(({ name, ratio, cpuRatio }) => {
          return `${percent(1 - ratio.median)} ${name} (${percent(1 - cpuRatio.median)} by processor time)`;
        })
        .join('; '),
      met: appends.every(({ ratio }) => ratio.median >= LEAST_CHAINED_RATIO),
    },
    {
      what: 'memory with four times the events',
      mark: `flat: ≤ ${percent(MOST_GROWTH)} more`,
      measured: growths.map(({ name, growth }) => `${percent(growth)} ${name}`).join('; '),
      met: growths.every(({ growth }) => growth <= MOST_GROWTH),
    },
  ];
}

const percent = (part: number): string => `${(part * 100).toFixed(part < 0.1 ? 1 : 0)} %`;
const shown = (value: number): string => Math.round(value).toLocaleString('en');
