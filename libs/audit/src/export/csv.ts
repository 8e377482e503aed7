import {
  type EventParts,
  type EventRecord,
  type ExportFormat,
  type Frame,
  type FramingKind,
  sourceOf,
} from './records';

/** The columns, in order. */
export const COLUMNS = [
  'record',
  'id',
  'source',
  'type',
  'subject',
  'time',
  'stream',
  'revision',
  'event-id',
  'event-data',
  'event-metadata',
  'text',
  'organizations',
  'from-status',
  'to-status',
  'summary',
  'leaf-index',
  'proof',
  'data',
] as const;

const NEEDS_QUOTES = /[",\r\n]/;

/**
 * One row a line (RFC 4180), with the same records as NDJSON. Cells that hold JSON hold the same text as there; null is
 * an empty cell. No cell holds a line break.
 */
export const csv: ExportFormat = {
  name: 'csv',
  mediaType: 'text/csv',
  head: rowOf(COLUMNS),
  event,
  framing,
  readUsual: () => null,
  readEvent,
  readFraming,
};

function event(source: string, record: EventRecord): string {
  const { subject, revision, type, time, stream, eventId, data, metadata, disclosed, organizations } = record;
  const status = [record.fromStatus ?? '', record.toStatus ?? ''];
  const told = [disclosed === 'null' ? '' : disclosed, organizations, ...status, harmless(record.summary)];
  return rowOf([
    ...['event', `${subject}@${revision}`, source, type, subject, time],
    ...[stream, String(revision), eventId, data, metadata, ...told, String(record.leaf), record.proof ?? '', ''],
  ]);
}

function framing(frame: Frame, kind: FramingKind, id: string, data: string): string {
  const first = [kind, id, sourceOf(frame), `connections.export.${kind}`, '', frame.time];
  return rowOf([...first, ...EMPTY, data]);
}

const EMPTY = COLUMNS.slice(6, -1).map(() => '');

function rowOf(cells: readonly string[]): string {
  let row = '';
  for (const cell of cells) {
    const text = NEEDS_QUOTES.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
    row += row === '' ? text : `,${text}`;
  }
  return `${row}\r\n`;
}

/** A summary begins with a name chosen by users: a spreadsheet must not take it for a formula. */
const harmless = (sentence: string): string =>
  /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(sentence) ? `'${sentence}` : sentence;

/** The cells of a line; null if it is no row of the expected number of cells. */
function cellsOf(line: string): string[] | null {
  const cells: string[] = [];
  const end = line.length - 2;
  let at = 0;
  while (at <= end) {
    if (line[at] === '"') {
      let close = line.indexOf('"', at + 1);
      while (close >= 0 && line[close + 1] === '"') close = line.indexOf('"', close + 2);
      if (close < 0) return null;
      cells.push(line.slice(at + 1, close).replaceAll('""', '"'));
      at = close + 2;
    } else {
      const comma = line.indexOf(',', at);
      const close = comma < 0 ? end : comma;
      cells.push(line.slice(at, close));
      at = close + 1;
    }
  }
  return cells.length === COLUMNS.length ? cells : null;
}

const cell = (cells: readonly string[], column: (typeof COLUMNS)[number]): string =>
  cells[COLUMNS.indexOf(column)] as string;

function readEvent(line: string): EventParts | null {
  const cells = cellsOf(line);
  if (cells === null || cell(cells, 'record') !== 'event') return null;
  return {
    stream: cell(cells, 'stream'),
    revision: Number(cell(cells, 'revision')),
    type: cell(cells, 'type'),
    eventId: cell(cells, 'event-id'),
    data: cell(cells, 'event-data'),
    metadata: cell(cells, 'event-metadata'),
    disclosed: cell(cells, 'text') || 'null',
    organizations: cell(cells, 'organizations'),
    fromStatus: cell(cells, 'from-status') || null,
    leaf: Number(cell(cells, 'leaf-index')),
    proof: cell(cells, 'proof') || null,
  };
}

function readFraming(kind: FramingKind, line: string): string | null {
  if (!line.startsWith(`${kind},`)) return null;
  const cells = cellsOf(line);
  return cells && cell(cells, 'data');
}
