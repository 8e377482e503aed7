import type { Checkpoints, SignedCheckpoint } from '@connections/audit/checkpoints';
import { csv } from '@connections/audit/export/csv';
import { exportOf, type ExportRequest } from '@connections/audit/export/export';
import { ndjson } from '@connections/audit/export/ndjson';
import type { ExportFormat } from '@connections/audit/export/records';
import { EVERYTHING, type Scope, scopeText } from '@connections/audit/export/scope';
import type { ExportSources } from '@connections/audit/export/sources';
import { storedSources } from '@connections/audit/export/stored-sources';
import type { Tree } from '@connections/audit/tree';
import { streamOf } from '@connections/connection/connection-id';
import { connectionsProjection } from '@connections/connection/read-model/connections.projection';
import { Organizations } from '@connections/directory/organizations';
import type { Audit } from '@connections/host/audit';
import type { Stores } from '@connections/host/stores';
import { Failed } from './failed';
import { interruptible } from './interruptible';
import { existing } from './organizations';
import { PartFile } from './part-file';
import { counted, ProgressLine } from './progress';
import { statesNow } from './projection-state';
import { recordedExport } from './recorded-export';
import { type Answer, properties } from './terminal';
import { withAudit } from './with-audit';

export interface ExportOptions {
  readonly format: 'ndjson' | 'csv';
  readonly connection?: string;
  readonly organization?: string;
  /** The size of the checkpoint; by default one of everything, signed now. */
  readonly checkpoint?: number;
  /** The size of the older checkpoint to continue from. */
  readonly since?: number;
}

/**
 * Exports what is stored, with its proofs, to a file. An interrupted export is continued.
 * @param silent prints no progress, only errors, on standard error.
 */
export async function exportTo(file: string, options: ExportOptions, silent: boolean): Promise<Answer> {
  const part = new PartFile(file);
  part.refuseTaken();
  const told = await interruptible(
    `The export was interrupted. What there is of it is in ${part.path}; the same command goes on with it.`,
    (signal) =>
      withAudit(async (audit, stores) => {
        const format = options.format === 'csv' ? csv : ndjson;
        const request = await requestFor(stores, audit, options, format, await part.begunWith(format));
        const sources = sourcesIn(stores, audit.tree);
        const exported = await recordedExport(stores, request.scope, () =>
          written(part, request, sources, signal, silent),
        );
        return { ...exported, request };
      }),
  );
  await part.finish(told.inode);
  const { scope, checkpoint } = told.request;
  return {
    document: { file, scope: scopeText(scope), 'checkpoint-size': checkpoint.size, events: told.events },
    text: properties([
      ['File', file],
      ['Scope', scopeText(scope)],
      ['Events', counted(told.events)],
      ['Checkpoint', `${counted(checkpoint.size)} events, signed at ${checkpoint.signedAt}`],
    ]),
  };
}

/** Writes the part that is still missing. @returns how many events the export has, and the inode of its file. */
async function written(
  part: PartFile,
  request: ExportRequest,
  sources: ExportSources,
  signal: AbortSignal,
  silent: boolean,
): Promise<{ readonly events: number; readonly inode: bigint }> {
  const opened = await part.open(signal);
  const line = new ProgressLine('Exporting', silent);
  const total = request.checkpoint.size - (request.since?.size ?? 0);
  const began = performance.now();
  let events = 0;
  try {
    const pieces = exportOf(request, sources, (now) => {
      events = now;
      const rate = Math.round((events * 1_000) / (performance.now() - began));
      line.show({ done: events, total, rate, secondsLeft: Math.ceil((total - events) / Math.max(rate, 1)) });
    });
    for await (const piece of pieces) {
      signal.throwIfAborted();
      await opened.take(piece);
    }
    return { events, inode: await opened.end() };
  } finally {
    line.end();
    await opened.close();
  }
}

async function requestFor(
  stores: Stores,
  { checkpoints }: Audit,
  { connection, organization, checkpoint: size, since: older }: ExportOptions,
  format: ExportFormat,
  begun: number | null,
): Promise<ExportRequest> {
  const scope = await scopeOf(stores, connection, organization);
  const wanted = size ?? begun;
  const checkpoint = wanted === null ? await checkpoints.coveringNow() : await signedAt(checkpoints, wanted);
  const since = older === undefined ? null : await signedAt(checkpoints, older);
  if (since !== null && since.size > checkpoint.size) {
    throw new Failed(
      'wrong-since',
      `--since must not be larger than the checkpoint, which has ${checkpoint.size} events.`,
    );
  }
  return { scope, format, checkpoint, since, signers: await checkpoints.signersBeside(checkpoint) };
}

async function signedAt(checkpoints: Checkpoints, size: number): Promise<SignedCheckpoint> {
  const found = await checkpoints.at(size);
  if (found !== null) return found;
  const latest = await checkpoints.latest();
  const hint = latest === null ? 'None has been signed yet.' : `The latest has ${latest.size}.`;
  throw new Failed('not-found', `No checkpoint was signed of ${size} events. ${hint}`);
}

async function scopeOf(stores: Stores, connection?: string, organization?: string): Promise<Scope> {
  if (connection !== undefined) {
    for await (const first of stores.eventStore.read(streamOf(connection), { limit: 1 })) {
      if (first.revision === 0) return { kind: 'connection', id: connection };
    }
    throw new Failed('not-found', `There is no connection ${connection}.`);
  }
  if (organization === undefined) return EVERYTHING;
  await existing(new Organizations(stores.database.as()), organization);
  await requireList(stores);
  return { kind: 'organization', id: organization };
}

/** A connection that is not yet in the list would be missing from the export. */
async function requireList(stores: Stores): Promise<void> {
  const list = (await statesNow(stores)).find(({ name }) => name === connectionsProjection.name);
  if (list?.state === 'current') return;
  const details = `The list of connections is ${list?.state}: an export of an organization would miss some. See "projection status".`;
  throw new Failed('no-read-model', details);
}

function sourcesIn({ eventStore, database }: Stores, tree: Tree): ExportSources {
  const organizations = new Organizations(database.as());
  return storedSources(eventStore, database.as(), tree, (ids) => organizations.names(ids));
}
