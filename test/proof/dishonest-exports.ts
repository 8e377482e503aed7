import { createHash } from 'node:crypto';
import { csv } from '@connections/audit/export/csv';
import { ndjson } from '@connections/audit/export/ndjson';
import type { ExportFormat } from '@connections/audit/export/records';
import { EVERYTHING, type Scope } from '@connections/audit/export/scope';
import type { MemoryLog } from '@connections/audit/export/testing/memory-log';
import { generateSignerKey, type SignerKey, signNote } from '@connections/audit/signed-note';
import { commitmentTo } from '@connections/connection/texts';
import { goldenKey, goldenLog } from './golden-exports';
import { exported } from './sample-exports';

const TIME = '2026-07-01T00:00:00.000Z';
const SALT = '2'.repeat(64);
const TEXT = 'The contract "A\\B" ended.\n';
/** One event, of which only the one before says how it finds its connection. */
const redaction = { since: 7, size: 8 };
const INACTIVE = '"from-status":"inactive","to-status":"inactive"';
const connection: Scope = { kind: 'connection', id: 'cxn_1111111111111111111111' };

/** What is exported of the golden log; unless it says otherwise, all of one connection, in lines of JSON. */
interface Asked {
  readonly scope?: Scope;
  readonly format?: ExportFormat;
  readonly since?: number;
  readonly size?: number;
  readonly signers?: readonly SignerKey[];
}

/** An export of the golden log of which somebody has changed what lies beside it. */
export async function madeOf(change: (log: MemoryLog) => void, asked: Asked = {}): Promise<Buffer> {
  const { scope = connection, format = ndjson, signers = [goldenKey] } = asked;
  const log = goldenLog();
  change(log);
  const checkpoint = log.checkpoint([goldenKey], TIME, asked.size);
  const since = asked.since === undefined ? null : log.checkpoint([goldenKey], TIME, asked.since);
  return (await exported({ log, format, scope, checkpoint, since }, signers)).bytes;
}

/** The lines are changed, and the end of the export is signed anew. */
async function changedAndSigned(from: string | RegExp, to: string, asked: Asked = {}): Promise<Buffer> {
  const { format = ndjson } = asked;
  const made = await madeOf(() => undefined, asked);
  const [text, ended] = made.toString().split(/(?<=\n)(?=[^\n]*\n$)/) as [string, string];
  const changed = text.replaceAll(from, () => to);
  if (changed === text) throw new Error(`Nothing says ${from}.`);
  const { note } = JSON.parse(format.readFraming('ended', ended) as string) as { note: string };
  const before = note.split('\n').slice(0, 4).join('\n');
  const signed = signNote(`${before}\n${createHash('sha256').update(changed).digest('hex')}\n`, [goldenKey]);
  const written = (text: string): string =>
    format === csv ? JSON.stringify(text).replaceAll('"', '""') : JSON.stringify(text);
  return Buffer.from(changed + ended.replace(written(note), () => written(signed)));
}

function disclose(salt: string, text: string): (log: MemoryLog) => void {
  return (log) => {
    const commitment = commitmentTo(SALT, TEXT);
    log.texts.set(commitment, { commitment, salt, text });
  };
}

/** A character that stands for what is no text, and in its place something that is none. */
async function endedByNoText(): Promise<Buffer> {
  const { key } = generateSignerKey('\ufffd');
  const made = await madeOf(() => undefined, { signers: [goldenKey, key] });
  const name = made.lastIndexOf('\ufffd');
  return Buffer.concat([made.subarray(0, name), Buffer.of(0xff), made.subarray(name + Buffer.byteLength('\ufffd'))]);
}

/** What only somebody can make who holds the key: its signatures are all valid. */
export const dishonest: Readonly<Record<string, () => Promise<Buffer>>> = {
  'a text whose beginning stands in its salt': () => madeOf(disclose(`${SALT}\n${TEXT.slice(0, -1)}`, '')),
  'a text that is no text': () => changedAndSigned(JSON.stringify(TEXT), '{"a":1}'),
  'a name of half a character': () => madeOf((log) => log.names.set('org_SOURCE1', '\ud83e')),
  'a name that is no text': () => changedAndSigned('"org_SOURCE1":"Acme"', '"org_SOURCE1":["Acme"]'),
  'a leaf that is no number': () => changedAndSigned('"leaf-index":1,', '"leaf-index":true,'),
  'an end that one key has signed twice': () => madeOf(() => undefined, { signers: [goldenKey, goldenKey] }),
  'an end that is no text': endedByNoText,
  'a proof of an event that its leaves prove': () =>
    changedAndSigned(/(?<="leaf-index":2)(?=\}\}\n)/g, ',"proof":["anything at all"]', { scope: EVERYTHING }),
  'an empty proof of an event that its leaves prove': () =>
    changedAndSigned(/(?<="leaf-index":2)(?=\}\}\n)/g, ',"proof":[]', { scope: EVERYTHING }),
  'such a proof in a table': () =>
    changedAndSigned(/(?<=,2,)(?=,\r\n)/g, 'anything', { scope: EVERYTHING, format: csv }),
  'a status that is none, of an event whose predecessor is not here': () =>
    changedAndSigned(INACTIVE, '"from-status":"evil","to-status":"evil"', { scope: EVERYTHING, ...redaction }),
  'such a status in an export of one connection': () =>
    changedAndSigned(INACTIVE, '"from-status":"evil","to-status":"evil"', redaction),
  'such a status in a table': () =>
    changedAndSigned(/,inactive,inactive,/g, ',evil,evil,', { scope: EVERYTHING, format: csv, ...redaction }),
  'members that stand in a status': () =>
    changedAndSigned(INACTIVE, '"from-status":"a","b":[1],"c":"d","to-status":"a","b":[1],"c":"d"', {
      scope: EVERYTHING,
      ...redaction,
    }),
};
