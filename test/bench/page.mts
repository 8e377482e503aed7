import type { AuditFigures } from './audit-figures.mts';
import type { DashboardFigure } from './dashboard-figures.mts';
import type { AskedOf, CheckFigures } from './check-figures.mts';
import type { EventStoreFigure } from './eventstore-figures.mts';
import { marksOf } from './marks.mts';
import type { HttpFigure, Loaded } from './http-figures.mts';
import type { Options } from './options.mts';
import type { PostgresFigure } from './postgres-figures.mts';
import type { RebuildFigure, Replays } from './rebuild-figures.mts';
import type { Spread } from './statistics.mts';
import type { StoredFigure } from './stored-figures.mts';

export interface Figures {
  readonly http: readonly HttpFigure[] | null;
  readonly checks: CheckFigures | null;
  readonly rebuild: RebuildFigure | null;
  readonly stored: readonly StoredFigure[] | null;
  readonly eventStore: readonly EventStoreFigure[] | null;
  readonly postgres: readonly PostgresFigure[] | null;
  readonly audit: AuditFigures | null;
  readonly dashboard: readonly DashboardFigure[] | null;
}

const whole = (value: number): string => Math.round(value).toLocaleString('en');
const shown = ({ median, min, max }: Spread, form: (value: number) => string): string =>
  `${form(median)} (${form(min)}–${form(max)})`;
const hundredths = (value: number): string => value.toFixed(2);
const ratio = (spread: Spread): string => `**${shown(spread, hundredths)}**`;
const milliseconds = ({ median }: Spread): string => median.toFixed(median < 10 ? 1 : 0);
const megabytes = (bytes: number): string => String(Math.round(bytes / 1_048_576));

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

function httpTable(figures: readonly HttpFigure[], clients: number): string {
  const latency = ({ p50, p99 }: Loaded): string => `${milliseconds(p50)} / ${milliseconds(p99)}`;
  const rows = figures.map(({ name, service, ceiling, ratio: spread, cpuRatio }) => [
    name,
    shown(service.rate, whole),
    shown(ceiling.rate, whole),
    ratio(spread),
    `${latency(service)} · ${latency(ceiling)}`,
    `${whole(service.cpu.median)} · ${whole(ceiling.cpu.median)}`,
    shown(cpuRatio, hundredths),
  ]);
  const head = [
    `${clients} clients`,
    'service /s',
    'ceiling /s',
    'ratio',
    'p50 / p99 ms',
    'CPU µs a request',
    'by CPU',
  ];
  const busiest = Math.max(...figures.flatMap(({ service, ceiling }) => [service.busy.max, ceiling.busy.max]));
  const withService = Math.max(...figures.map(({ service }) => service.busy.max));
  return `${table(head, rows)}

Latency and processor time are those of the service · the ceiling. The load generator was busy for at most
${Math.round(withService * 100)} % of any round against the service and ${Math.round(busiest * 100)} % of any round at all; the rest it waited.`;
}

function checkTables({ single, batch, half, stored, histories }: CheckFigures, clients: number): string {
  const sizes = (unit: string, all: readonly AskedOf[]): string => {
    const rate = (loaded: AskedOf['many']): string => (loaded === null ? '' : shown(loaded.rate, whole));
    const cpu = (loaded: AskedOf['many']): string => (loaded === null ? '' : whole(loaded.cpu.median));
    const rows = all.map(({ size, few, many, first }) => [
      whole(size),
      ...[rate(few), cpu(few), rate(many), cpu(many)],
      first === null ? '' : shown(first, (value) => value.toFixed(1)),
    ]);
    return table([unit, 'few /s', 'CPU µs', 'many /s', 'CPU µs', 'first ms'], rows);
  };
  const paced = ({ rate: offered, p50, p99 }: Loaded): string =>
    `${milliseconds(p50)} / ${milliseconds(p99)} ms of ${whole(offered.median)} a second`;
  return `${httpTable([single, batch], clients)}

At half of what each can answer, p50 / p99 were ${paced(half.service)} · ${paced(half.ceiling)}.

${sizes('connections stored', stored)}

${sizes('events of each connection', histories)}`;
}

function rebuildTable({ events, connections, rebuild, ceiling, ratio: spread, cpuRatio }: RebuildFigure): string {
  const row = (name: string, { rate, cpu, peak }: Replays, ...last: string[]): string[] => [
    name,
    shown(rate, whole),
    cpu.median.toFixed(1),
    megabytes(peak.max),
    ...last,
  ];
  const head = [
    `${whole(events)} events of ${whole(connections)} connections`,
    'events /s',
    'CPU µs an event',
    'peak MB',
    'ratio',
    'by CPU',
  ];
  return table(head, [
    row('rebuild', rebuild, ratio(spread), shown(cpuRatio, hundredths)),
    row('ceiling: raw loop', ceiling, '', ''),
  ]);
}

function storedTable(figures: readonly StoredFigure[]): string {
  const seconds = (spread: Spread): string => shown(spread, (value) => (value / 1_000).toFixed(2));
  const rows = figures.map((figure) => {
    const start = [whole(figure.connections), seconds(figure.start)];
    if (figure.connections === 0) return [...start, '', '', '', '', '', '', ''];
    const { get, list, idle, afterReads, afterPaging, afterCommands } = figure;
    const memories = [idle, afterReads, afterPaging, afterCommands].map(({ now }) => megabytes(now));
    return [...start, shown(get, whole), shown(list, whole), ...memories, megabytes(afterCommands.peak)];
  });
  const head = ['connections stored', 'start s', 'GET by id /s', 'list of 10 /s'];
  return table([...head, 'idle MB', 'after reads', 'after paging', 'after commands', 'peak'], rows);
}

function eventStoreTable(figures: readonly EventStoreFigure[]): string {
  const rows = figures.map(({ name, adapter, ceiling, ratio: spread, cpuRatio }) => [
    name,
    shown(adapter.rate, whole),
    shown(ceiling.rate, whole),
    ratio(spread),
    `${whole(adapter.cpu.median)} · ${whole(ceiling.cpu.median)}`,
    shown(cpuRatio, hundredths),
  ]);
  const head = ['test server, no database', 'adapter /s', 'bare client /s', 'ratio', 'CPU µs an event', 'by CPU'];
  const busiest = Math.max(...figures.map(({ serverBusy }) => serverBusy));
  return `${table(head, rows)}

The server is the tests' own: it speaks EventStoreDB's protocol, keeps everything in memory and is no database, so the
rates say nothing of a real one; only the ratios count. Processor time is that of the adapter's process · the bare
client's. The server was busy for at most ${Math.round(busiest * 100)} % of any round.`;
}

function postgresTable(figures: readonly PostgresFigure[]): string {
  const cpu = ({ cpu: own, database }: PostgresFigure['service']): string =>
    `${own.median.toFixed(1)} + ${database.median.toFixed(1)}`;
  const rows = figures.map(({ name, service, ceiling, ratio: spread, cpuRatio }) => [
    name,
    shown(service.rate, whole),
    shown(ceiling.rate, whole),
    ratio(spread),
    `${cpu(service)} · ${cpu(ceiling)}`,
    shown(cpuRatio, hundredths),
  ]);
  const head = [
    `${whole(figures[0]?.events ?? 0)} events`,
    'service /s',
    'bare pg /s',
    'ratio',
    'CPU µs an event, Node.js + PostgreSQL',
    'by CPU',
  ];
  return `${table(head, rows)}

A real PostgreSQL, \`fsync=on\`, on the same machine, reached through a socket; the projection's transactions do not wait
for the disk (\`synchronous_commit=off\`). The log is a file. Processor time is that of the service · the ceiling.`;
}

function auditTable({ events, figures, quarter }: AuditFigures): string {
  const tenths = (value: number): string => (value < 100 ? value.toFixed(1) : whole(value));
  const before = new Map(quarter.map(({ name, peak }) => [name, peak]));
  const rows = figures.map(({ name, service, ceiling, ratio: spread, cpuRatio }) => {
    const peaks = [before.get(name), service.peak].filter((peak) => peak !== undefined);
    const known = peaks.filter(({ median }) => !Number.isNaN(median));
    return [
      name,
      shown(service.rate, whole),
      shown(ceiling.rate, whole),
      ratio(spread),
      `${tenths(service.cpu.median)} · ${tenths(ceiling.cpu.median)}`,
      shown(cpuRatio, hundredths),
      known.map(({ median }) => megabytes(median)).join(' → '),
    ];
  });
  const head = [`${whole(events)} events`, 'service /s', 'ceiling /s', 'ratio', 'CPU µs each', 'by CPU', 'peak MB'];
  return `${table(head, rows)}

Processor time is that of the service · the ceiling. Two peaks are those with a quarter of the events → with all.`;
}

/** The figures as Markdown. @param circumstances on what and how they were measured: lines of a list. */
function dashboardTable(figures: readonly DashboardFigure[]): string {
  const whole = (spread: Spread): string => shown(spread, (value) => value.toFixed(0));
  const rows = figures.map(({ page, script, firstPaint, shown: usable, shift, slowest }) => [
    page,
    (script / 1_000).toFixed(0),
    whole(firstPaint),
    whole(usable),
    shift.toFixed(3),
    slowest === null ? '' : `${whole(slowest.took)} ${slowest.deed}`,
  ]);
  const head = [
    'page',
    'script kB',
    'first paint ms',
    'shows its content ms',
    'layout shift',
    'slowest interaction ms',
  ];
  return table(head, rows);
}

export function pageOf(figures: Figures, options: Options, circumstances: readonly string[]): string {
  const { http, checks, rebuild, stored, eventStore, postgres, audit, dashboard } = figures;
  const { rounds, seconds, connections } = options;
  const how = `${rounds} rounds; each load ${seconds} s over ${connections} kept-alive connections. Median (lowest–highest).`;
  const parts = [[...circumstances, how].map((line) => `- ${line}`).join('\n')];
  const marks = marksOf(figures).map(({ what, mark, measured, met }) => [what, mark, measured, met ? 'yes' : '**no**']);
  if (marks.length > 0) parts.push('### The marks', table(['what', 'mark', 'measured (median)', 'met'], marks));
  if (http) parts.push('### Commands and reads', httpTable(http, connections));
  if (checks) parts.push('### Share checks', checkTables(checks, connections));
  if (rebuild) parts.push('### Rebuild of the read model', rebuildTable(rebuild));
  if (stored) parts.push('### Start, memory and reads by what is stored', storedTable(stored));
  if (eventStore) parts.push('### The EventStoreDB adapter beside a bare client', eventStoreTable(eventStore));
  if (postgres) parts.push('### The projection to PostgreSQL', postgresTable(postgres));
  if (audit) parts.push('### Audit', auditTable(audit));
  if (dashboard) parts.push('### The dashboard in a browser', dashboardTable(dashboard));
  return `${parts.join('\n\n')}\n`;
}
