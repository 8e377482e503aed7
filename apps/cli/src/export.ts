import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import type { Checkpoints, SignedCheckpoint } from '@connections/audit/checkpoints';
import { csv } from '@connections/audit/export/csv';
import { exportOf, type ExportRequest } from '@connections/audit/export/export';
import { readBegun } from '@connections/audit/export/framing';
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
import { counted, ProgressLine } from './progress';
import { statesNow } from './projection-state';
import { recordedExport } from './recorded-export';
import { type Answer, properties } from './terminal';
import { withAudit } from './with-audit';

export interface ExportOptions {
  readonly format: 'ndjson' | 'csv';
  readonly connection?: string;
  readonly organization?: string;
  /** The size of the checkpoint; one of everything, signed now, when left out. */
  readonly checkpoint?: number;
  /** The size of the older checkpoint that is continued. */
  readonly since?: number;
}

/** An export that is under way, until it is whole. */
const PART = '.part';

/**
 * Exports what is stored into a file, with its proofs. One that was broken off is gone on with.
 * @param silent keeps standard error for errors.
 */
export async function exportTo(file: string, options: ExportOptions, silent: boolean): Promise<Answer> {
  if (existsSync(file))
    throw new Failed('file-exists', `${file} is there already. Name another file, or take it away.`);
  const part = `${file}${PART}`;
  const told = await interruptible(
    `The export was interrupted. What there is of it is in ${part}; the same command goes on with it.`,
    (signal) =>
      withAudit(async (audit, stores) => {
        const format = options.format === 'csv' ? csv : ndjson;
        const request = await requestFor(stores, audit, options, format, await beginningOf(part, format));
        const sources = sourcesIn(stores, audit.tree);
        const events = await recordedExport(stores, request.scope, () =>
          written(part, request, sources, signal, silent),
        );
        return { events, request };
      }),
  );
  await rename(part, file);
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

/** Writes what is not there yet. @returns how many events the export has. */
async function written(
  part: string,
  request: ExportRequest,
  sources: ExportSources,
  signal: AbortSignal,
  silent: boolean,
): Promise<number> {
  const there = await digestOf(part);
  const handle = await open(part, 'a', 0o600);
  const line = new ProgressLine('Exporting', silent);
  const total = request.checkpoint.size - (request.since?.size ?? 0);
  const began = performance.now();
  let events = 0;
  let at = 0;
  const digest = createHash('sha256');
  const appending = (bytes: Buffer): Promise<void> =>
    handle.appendFile(bytes).catch((error: unknown) => {
      // Of an open file the system does not say which it is.
      throw Object.assign(error as Error, { path: part });
    });
  // The next piece is made while this one is written.
  let writing = Promise.resolve();
  try {
    const pieces = exportOf(request, sources, (now) => {
      events = now;
      const rate = Math.round((events * 1_000) / (performance.now() - began));
      line.show({ done: events, total, rate, secondsLeft: Math.ceil((total - events) / Math.max(rate, 1)) });
    });
    for await (const piece of pieces) {
      signal.throwIfAborted();
      const old = Math.min(Math.max(there.bytes - at, 0), piece.length);
      if (old > 0) digest.update(piece.subarray(0, old));
      if (old > 0 && at + old === there.bytes && digest.digest('hex') !== there.digest) throw otherPart(part);
      if (old < piece.length) {
        await writing;
        writing = appending(piece.subarray(old));
        // Whether it could be written is asked later; until then Node.js would take it for a fault that nobody handles.
        writing.catch(() => undefined);
      }
      at += piece.length;
    }
    await writing;
    if (at < there.bytes) throw otherPart(part);
    await handle.sync();
    return events;
  } finally {
    line.end();
    await writing.catch(() => undefined);
    await handle.close();
  }
}

const otherPart = (part: string): Failed =>
  new Failed('other-part', `${part} is not the beginning of this export. Take it away and run this again.`);

/** What is in an export that was broken off. */
async function digestOf(part: string): Promise<{ readonly bytes: number; readonly digest: string }> {
  const digest = createHash('sha256');
  let bytes = 0;
  if (existsSync(part)) {
    for await (const chunk of createReadStream(part) as AsyncIterable<Buffer>) {
      digest.update(chunk);
      bytes += chunk.length;
    }
  }
  return { bytes, digest: digest.digest('hex') };
}

/** The size of the checkpoint that an export was begun with; null where none was begun. */
async function beginningOf(part: string, format: ExportFormat): Promise<number | null> {
  if (!existsSync(part)) return null;
  let text = '';
  for await (const chunk of createReadStream(part, 'utf8') as AsyncIterable<string>) {
    text += chunk;
    const begin = format.head.length;
    const end = text.indexOf('\n', begin) + 1;
    if (end === 0) continue;
    const json = format.readFraming('begun', text.slice(begin, end));
    return json === null ? null : (readBegun(json)?.frame.size ?? null);
  }
  return null;
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

/** A connection that is not in the list yet would be missing in the export. */
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
