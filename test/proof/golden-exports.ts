import { join } from 'node:path';
import { csv } from '@connections/audit/export/csv';
import { ndjson } from '@connections/audit/export/ndjson';
import { EVERYTHING, type Scope } from '@connections/audit/export/scope';
import { MemoryLog } from '@connections/audit/export/testing/memory-log';
import { parseSignerKey } from '@connections/audit/signed-note';
import type { JsonObject } from '@connections/event-store/event-store';
import { exported, type SampleExport } from './sample-exports';

export const goldenFolder = join(__dirname, '..', 'golden', 'exports');

/** For these files alone: everybody knows its secret. */
export const goldenKey = parseSignerKey(
  'PRIVATE+KEY+log.example+92db94aa+Aai/85ODbWZTKFzg9aYrUgyeufUiQQ4O/ctbPd2zgKHp',
);

const [source, destination, other] = ['org_SOURCE1', 'org_DEST1', 'org_OTHER1'];
const operator: JsonObject = { type: 'system', id: 'cli', 'organization-id': null, role: 'platform' };
const as = (organization: string, role: string, type = 'api-key'): JsonObject => ({
  type,
  id: `${type === 'user' ? 'usr' : 'api'}_${organization.slice(4)}`,
  'organization-id': organization,
  role,
});
const between = (from: string, to: string, id: string): JsonObject => ({
  'connection-id': id,
  'source-organization-id': from,
  'destination-organization-id': to,
});

/** Events of every type and version, texts that can be read, and one that was redacted. */
export function goldenLog(): MemoryLog {
  const log = new MemoryLog();
  log.names.set(source, 'Acme').set(destination, '=Globex, "the" Ünïcode 🤝');
  const append = (id: string, type: string, version: number, actor: JsonObject, data: JsonObject): void => {
    const at = log.events.length;
    log.append(`connection-${id}`, {
      id: `0197a000-0000-7000-8000-${String(at).padStart(12, '0')}`,
      type,
      data,
      metadata: {
        'schema-version': version,
        actor,
        'occurred-at': `2026-06-${String(at + 1).padStart(2, '0')}T00:00:00.001Z`,
        'request-id': `req_${at}`,
        'correlation-id': 'their-trace "1"',
        'causation-id': `req_${at}`,
        'idempotency-key': at % 2 === 0 ? null : `key-${at}`,
      },
    });
  };
  const salt = (digit: string): string => digit.repeat(64);
  const name = log.commit('Partner “Ünïcode” 🤝', salt('1'));
  const reason = log.commit('The contract "A\\B" ended.\n', salt('2'));
  const hidden = log.commit('What nobody may read.', salt('3'));
  const [one, two, three] = ['1111111111111111111111', '2222222222222222222222', '3333333333333333333333'];
  const first = between(source, destination, `cxn_${one}`);
  const second = between(destination, source, `cxn_${two}`);
  const third = between(source, other, `cxn_${three}`);
  append(two, 'ConnectionCreated', 1, as(destination, 'source'), {
    ...second,
    name: 'In the clear',
    scopes: ['inquiry.read'],
  });
  append(one, 'ConnectionCreated', 2, as(source, 'source'), {
    ...first,
    'name-commitment': name,
    scopes: ['inquiry.read', 'account.read', 'case.read'],
  });
  append(two, 'ConnectionActivated', 1, as(source, 'destination', 'user'), {});
  append(one, 'ConnectionActivated', 1, as(destination, 'destination'), {});
  append(two, 'ConnectionDeactivated', 1, as(source, 'destination'), { reason: 'Said "in the clear".\n' });
  append(one, 'ConnectionDeactivated', 2, as(destination, 'destination', 'user'), { 'reason-commitment': hidden });
  append(three, 'ConnectionCreated', 2, as(source, 'source'), {
    ...third,
    'name-commitment': null,
    scopes: ['a', 'b'],
  });
  append(one, 'ConnectionTextRedacted', 1, operator, { revision: 2, commitment: hidden });
  append(two, 'ConnectionReturnedToPending', 1, as(destination, 'source'), { reason: null });
  append(one, 'ConnectionReturnedToPending', 2, as(source, 'source'), { 'reason-commitment': reason });
  append(one, 'ConnectionDeactivated', 2, as(source, 'source'), { 'reason-commitment': null });
  log.texts.delete(hidden);
  return log;
}

const scopes: readonly { readonly name: string; readonly scope: Scope; readonly since: number | null }[] = [
  { name: 'everything', scope: EVERYTHING, since: null },
  { name: 'everything-since-5', scope: EVERYTHING, since: 5 },
  { name: 'organization', scope: { kind: 'organization', id: source }, since: null },
  { name: 'organization-since-5', scope: { kind: 'organization', id: destination }, since: 5 },
  { name: 'connection', scope: { kind: 'connection', id: 'cxn_1111111111111111111111' }, since: null },
];

/** What the golden files have to be. */
export async function goldenExports(): Promise<{ readonly name: string; readonly sample: SampleExport }[]> {
  const log = goldenLog();
  const checkpoint = log.checkpoint([goldenKey], '2026-07-01T00:00:00.000Z');
  return Promise.all(
    scopes.flatMap(({ name, scope, since: size }) =>
      [ndjson, csv].map(async (format) => {
        const since = size === null ? null : log.checkpoint([goldenKey], '2026-06-05T12:00:00.000Z', size);
        const sample = await exported({ log, format, scope, checkpoint, since }, [goldenKey]);
        return { name: `${name}.${format.name}`, sample };
      }),
    ),
  );
}
