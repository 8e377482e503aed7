import { exportOf } from '@connections/audit/export/export';
import { csv } from '@connections/audit/export/csv';
import { ndjson } from '@connections/audit/export/ndjson';
import type { ExportFormat } from '@connections/audit/export/records';
import { EVERYTHING, type Scope } from '@connections/audit/export/scope';
import type { MemoryLog } from '@connections/audit/export/testing/memory-log';
import { type Chance, pick, randomLog } from '@connections/audit/export/testing/random-log';
import { connectionIdOfStream } from '@connections/connection/connection-id';
import type { SignedCheckpoint } from '@connections/audit/checkpoints';
import type { SignerKey } from '@connections/audit/signed-note';

/** An export and what it was made of. */
export interface SampleExport {
  readonly log: MemoryLog;
  readonly format: ExportFormat;
  readonly scope: Scope;
  readonly checkpoint: SignedCheckpoint;
  readonly since: SignedCheckpoint | null;
  readonly bytes: Buffer;
}

/** Some export of some log of at most so many events. */
export async function sampleExport(chance: Chance, keys: readonly SignerKey[], most: number): Promise<SampleExport> {
  return sampleOf(randomLog(chance, chance(most + 1)), chance, keys);
}

/** Some export of a log. */
export async function sampleOf(log: MemoryLog, chance: Chance, keys: readonly SignerKey[]): Promise<SampleExport> {
  const size = log.events.length - (chance(3) === 0 ? chance(log.events.length + 1) : 0);
  const checkpoint = log.checkpoint(keys, '2026-06-01T00:00:00.000Z', size);
  const since = chance(3) === 0 ? log.checkpoint(keys, '2026-05-01T00:00:00.000Z', chance(size + 1)) : null;
  const scopes: Scope[] = [EVERYTHING, EVERYTHING, { kind: 'organization', id: `org_${chance(4)}` }];
  const first = log.events[chance(log.events.length)];
  if (first !== undefined) scopes.push({ kind: 'connection', id: connectionIdOfStream(first.stream) });
  const [scope, format] = [pick(chance, scopes), pick(chance, [ndjson, csv])];
  return exported({ log, format, scope, checkpoint, since }, keys);
}

/** Makes an export. */
export async function exported(of: Omit<SampleExport, 'bytes'>, signers: readonly SignerKey[]): Promise<SampleExport> {
  const parts: Buffer[] = [];
  for await (const part of exportOf({ ...of, signers }, of.log)) parts.push(part);
  return { ...of, bytes: Buffer.concat(parts) };
}
