import type { Actor } from '@connections/connection/domain/connection.events';
import type { Status } from '@connections/connection/domain/lifecycle';
import {
  type EventParts,
  type EventRecord,
  type ExportFormat,
  type Frame,
  type FramingKind,
  sourceOf,
  type UsualEvent,
} from './records';

/** One CloudEvent (version 1.0) a line. */
export const ndjson: ExportFormat = {
  name: 'ndjson',
  mediaType: 'application/x-ndjson',
  head: '',
  event,
  framing,
  readUsual,
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

const METADATA = ',"event-metadata":';

/**
 * What precedes each part of a line, in order. Inside a string its quotation marks would be escaped, so it cannot occur
 * there. A line composed in another way fails the comparison with the line that is rendered again.
 */
const BEFORE = [
  '","type":"',
  '","subject":"',
  '{"stream":"',
  '","revision":',
  ',"event-id":"',
  '","event-data":',
  METADATA,
  ',"text":',
  ',"organizations":',
  ',"from-status":',
  ',"to-status":',
] as const;
const LEAF = ',"leaf-index":';
const PROOF = ',"proof":';
const END = '}}\n';

/** A character of a JSON string in which nothing is escaped. */
const CHARACTER = String.raw`[^"\\\x00-\x1f]`;
const TEXT = `${CHARACTER}*`;
/** Repeated literally: a third of the time of a quantifier. The characters are checked when the hashes are compared. */
const HASH = CHARACTER.repeat(64);
const WORD = String.raw`[\w.:-]+`;
const NAME = `"(org_\\w+)":"(${TEXT})"`;

/** A line up to its summary; values that occur twice have to be the same. */
const USUAL = new RegExp(
  [
    String.raw`^\{"specversion":"1\.0","id":"cxn_([0-9A-Za-z]+)@(0|[1-9]\d*)","source":"(${TEXT})","type":"(\w+)",`,
    String.raw`"subject":"cxn_\1","time":"(${WORD})","datacontenttype":"application/json","data":\{`,
    String.raw`"stream":"(connection-\1)","revision":\2,"event-id":"(${WORD})","event-data":(\{[^{}\\\x00-\x1f]*\}),`,
    String.raw`"event-metadata":(\{"schema-version":([1-9]),`,
    String.raw`"actor":\{"type":"(${TEXT})","id":"(${TEXT})","organization-id":"(${TEXT})","role":"(${TEXT})"\},`,
    String.raw`"occurred-at":"\5","request-id":"${TEXT}","correlation-id":"${TEXT}","causation-id":"${TEXT}",`,
    String.raw`"idempotency-key":(?:null|"${TEXT}"),"previous-hash":(?:null|"(${HASH})")),"hash":"(${HASH})"\},`,
    String.raw`"text":(?:null|("redacted")|\{"text":"(${TEXT})","salt":"(${HASH})"\}),`,
    String.raw`"organizations":\{${NAME}(?:,${NAME})?\},"from-status":(?:null|"(\w+)"),"to-status":"(\w+)","summary":`,
  ].join(''),
);

function readUsual(line: string, leaf: number): UsualEvent | null {
  const read = USUAL.exec(line);
  const end = `${LEAF}${leaf}${END}`;
  if (read === null || !line.endsWith(end)) return null;
  const data = read[8] as string;
  // Inside the data, it would be where `readEvent` takes the metadata to begin.
  if (data.includes(METADATA)) return null;
  const [text, salt] = [read[18], read[19]];
  return {
    source: read[3] as string,
    stream: read[6] as string,
    revision: Number(read[2]),
    type: read[4] as string,
    time: read[5] as string,
    eventId: read[7] as string,
    data,
    metadata: `${read[9]}}`,
    version: Number(read[10]),
    actor: {
      type: read[11] as Actor['type'],
      id: read[12] as string,
      organizationId: read[13] as string,
      role: read[14] as Actor['role'],
    },
    previousHash: read[15] ?? null,
    hash: read[16] as string,
    disclosed: text !== undefined && salt !== undefined ? { text, salt } : read[17] === undefined ? null : 'redacted',
    organization: read[20] as string,
    name: read[21] as string,
    other: read[22] ?? null,
    otherName: read[23] ?? null,
    fromStatus: (read[24] ?? null) as Status | null,
    toStatus: read[25] as string,
    summary: line.slice(read[0].length, -end.length),
  };
}

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
