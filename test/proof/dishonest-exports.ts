import { createHash } from 'node:crypto';
import { ndjson } from '@connections/audit/export/ndjson';
import type { Scope } from '@connections/audit/export/scope';
import type { MemoryLog } from '@connections/audit/export/testing/memory-log';
import { signNote } from '@connections/audit/signed-note';
import { commitmentTo } from '@connections/connection/texts';
import { goldenKey, goldenLog } from './golden-exports';
import { exported } from './sample-exports';

const TIME = '2026-07-01T00:00:00.000Z';
const SALT = '2'.repeat(64);
const TEXT = 'The contract "A\\B" ended.\n';
const connection: Scope = { kind: 'connection', id: 'cxn_1111111111111111111111' };

/** An export of the golden log of which somebody has changed what lies beside it. */
export async function madeOf(change: (log: MemoryLog) => void, signers = [goldenKey]): Promise<Buffer> {
  const log = goldenLog();
  change(log);
  const checkpoint = log.checkpoint([goldenKey], TIME);
  return (await exported({ log, format: ndjson, scope: connection, checkpoint, since: null }, signers)).bytes;
}

/** The lines are changed, and the end of the export is signed anew. */
async function changedAndSigned(from: string, to: string): Promise<Buffer> {
  const [text, ended] = (await madeOf(() => undefined)).toString().split(/(?<=\n)(?=[^\n]*\n$)/) as [string, string];
  if (!text.includes(from)) throw new Error(`Nothing says ${from}.`);
  const changed = text.replaceAll(from, () => to);
  const { note } = (JSON.parse(ended) as { data: { note: string } }).data;
  const before = note.split('\n').slice(0, 4).join('\n');
  const signed = signNote(`${before}\n${createHash('sha256').update(changed).digest('hex')}\n`, [goldenKey]);
  return Buffer.from(changed + ended.replace(JSON.stringify(note), () => JSON.stringify(signed)));
}

function disclose(salt: string, text: string): (log: MemoryLog) => void {
  return (log) => {
    const commitment = commitmentTo(SALT, TEXT);
    log.texts.set(commitment, { commitment, salt, text });
  };
}

/** What only somebody can make who holds the key: its signatures are all valid. */
export const dishonest: Readonly<Record<string, () => Promise<Buffer>>> = {
  'a text whose beginning stands in its salt': () => madeOf(disclose(`${SALT}\n${TEXT.slice(0, -1)}`, '')),
  'a text that is no text': () => changedAndSigned(JSON.stringify(TEXT), '{"a":1}'),
  'a name of half a character': () => madeOf((log) => log.names.set('org_SOURCE1', '\ud83e')),
  'a name that is no text': () => changedAndSigned('"org_SOURCE1":"Acme"', '"org_SOURCE1":["Acme"]'),
  'a leaf that is no number': () => changedAndSigned('"leaf-index":1,', '"leaf-index":true,'),
  'an end that one key has signed twice': () => madeOf(() => undefined, [goldenKey, goldenKey]),
};
