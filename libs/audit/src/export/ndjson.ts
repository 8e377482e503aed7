import {
  type EventParts,
  type EventRecord,
  type ExportFormat,
  type Frame,
  type FramingKind,
  sourceOf,
} from './records';

/** One CloudEvent (version 1.0) a line. */
export const ndjson: ExportFormat = {
  name: 'ndjson',
  mediaType: 'application/x-ndjson',
  head: '',
  event,
  framing,
  readEvent,
  readFraming,
};

const BEGIN = '{"specversion":"1.0","id":"';
const CONTENT = '"datacontenttype":"application/json","data":';

function event(source: string, record: EventRecord): string {
  const { subject, revision, fromStatus, toStatus, proof } = record;
  return (
    `${BEGIN}${subject}@${revision}","source":${JSON.stringify(source)},"type":"${record.type}",` +
    `"subject":"${subject}","time":"${record.time}",${CONTENT}{"stream":"${record.stream}","revision":${revision},` +
    `"event-id":"${record.eventId}","event-data":${record.data},"event-metadata":${record.metadata},` +
    `"text":${record.disclosed},"organizations":${record.organizations},"from-status":${quoted(fromStatus)},` +
    `"to-status":${quoted(toStatus)},"summary":${JSON.stringify(record.summary)},"leaf-index":${record.leaf}` +
    `${proof === null ? '' : `,"proof":${proof}`}}}\n`
  );
}

const quoted = (status: string | null): string => (status === null ? 'null' : `"${status}"`);

function framing(frame: Frame, kind: FramingKind, id: string, data: string): string {
  return (
    `${BEGIN}${id}","source":${JSON.stringify(sourceOf(frame))},${typeOf(kind)}` +
    `"time":${JSON.stringify(frame.time)},${CONTENT}${data}}\n`
  );
}

const typeOf = (kind: FramingKind): string => `"type":"connections.export.${kind}",`;

/**
 * What stands before each part, in their order. Inside a text its quotation marks would be escaped, so it stands there
 * for nothing else; and a line that is put together otherwise is not the one that is rendered again.
 */
const BEFORE = [
  '","type":"',
  '","subject":"',
  '{"stream":"',
  '","revision":',
  ',"event-id":"',
  '","event-data":',
  ',"event-metadata":',
  ',"text":',
  ',"organizations":',
  ',"from-status":',
  ',"to-status":',
] as const;
const LEAF = ',"leaf-index":';
const PROOF = ',"proof":';
const END = '}}\n';

function readEvent(line: string): EventParts | null {
  const parts: string[] = [];
  let at = line.indexOf(BEFORE[0]);
  for (let next = 1; at >= 0 && next < BEFORE.length; next += 1) {
    const begin = at + (BEFORE[next - 1] as string).length;
    at = line.indexOf(BEFORE[next] as string, begin);
    parts.push(line.slice(begin, at));
  }
  const leaf = line.lastIndexOf(LEAF);
  if (at < 0 || leaf < at || !line.endsWith(END)) return null;
  const proof = line.indexOf(PROOF, leaf);
  const [type = '', , stream = '', revision, eventId = '', data = '', metadata = '', disclosed = '', ...rest] = parts;
  const [organizations = '', fromStatus = ''] = rest;
  return {
    stream,
    revision: Number(revision),
    type,
    eventId,
    data,
    metadata,
    disclosed,
    organizations,
    fromStatus: fromStatus === 'null' ? null : fromStatus.slice(1, -1),
    leaf: Number(line.slice(leaf + LEAF.length, proof < 0 ? -END.length : proof)),
    proof: proof < 0 ? null : line.slice(proof + PROOF.length, -END.length),
  };
}

function readFraming(kind: FramingKind, line: string): string | null {
  const type = line.indexOf(`,${typeOf(kind)}`);
  const content = line.indexOf(CONTENT, type);
  return type < 0 || content < 0 ? null : line.slice(content + CONTENT.length, -2);
}
