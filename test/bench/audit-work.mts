import { hash } from 'node:crypto';
import { closeSync, createReadStream, createWriteStream, openSync, readSync, writeSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import Sqlite from 'better-sqlite3';
import {
  exportOf,
  inclusionProofOf,
  ndjson,
  parseSignerKey,
  signCheckpoint,
  type SignedCheckpoint,
  storedSources,
  subtreesOf,
  Tree,
  treeProjection,
  verifyExport,
  verifyLog,
} from './built-audit.mts';
import { CHECKPOINT_EVERY, closeStores, filesOf, openStores, rebuild } from './built.mts';
import { memoryOf } from './processes.mts';

/** What a process of its own is asked to do once with a log of which the tree may be projected already. */
export interface AuditWork {
  readonly kind: AuditKind;
  readonly dataDir: string;
  /** The line of the key that signs. */
  readonly signer: string;
  /** Where the export of everything is, or is written to. */
  readonly file: string;
}

export type AuditKind =
  | 'tree'
  | 'bare tree'
  | 'export'
  | 'bare export'
  | 'verify'
  | 'bare verify'
  | 'verify log'
  | 'bare verify log'
  | 'proofs'
  | 'bare proofs';

export interface Audited {
  /** How many events, or proofs. */
  readonly count: number;
  readonly seconds: number;
  /** Seconds of processor time. */
  readonly cpuSeconds: number;
  /** Most resident memory, in bytes. */
  readonly peak: number;
}

type Stores = Awaited<ReturnType<typeof openStores>>;

interface EventRow {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

/** Events, or rows of the tree, at once. */
const BATCH_SIZE = 2_000;
const BUFFER_BYTES = 2 ** 20;
/** How much of an export the command line reads at once. */
const CHUNK = 2 ** 18;
/** What stands at the end of the metadata and is not hashed. */
const HASH_MEMBER_LENGTH = ',"hash":""}'.length + 64;
const PROOFS = 5_000;
/** Prime to every size, so that the leaves are spread. */
const STRIDE = 7_919;

const work: Record<AuditKind, (job: AuditWork) => Promise<number> | number> = {
  tree: (job) =>
    withStores(job, async ({ eventStore, database }) => {
      return (await rebuild(eventStore, database.as(), treeProjection)).done;
    }),
  'bare tree': bareTree,
  export: (job) => withStores(job, (stores) => exportAll(stores, job)),
  'bare export': bareExport,
  verify: async ({ file, signer }) => {
    const expected = { keys: [parseSignerKey(signer)], witnesses: [] };
    const verdict = await verifyExport(createReadStream(file, { highWaterMark: CHUNK }), expected);
    if ('finding' in verdict) throw new Error(JSON.stringify(verdict.finding));
    return verdict.whole.events;
  },
  'bare verify': bareVerify,
  'verify log': (job) =>
    withStores(job, async ({ eventStore, database }) => {
      const { note } = await checkpointOf(new Tree(database.as()), job);
      const options = { keys: [parseSignerKey(job.signer)], kept: [{ source: 'The checkpoint', note }] };
      const { fault, events, checkpoints } = await verifyLog(eventStore, database.as(), options);
      if (fault !== null || checkpoints !== 1) throw new Error(`Not verified: ${JSON.stringify(fault)}`);
      return events;
    }),
  'bare verify log': bareVerifyLog,
  proofs: (job) => withStores(job, ({ database }) => proofs(new Tree(database.as()))),
  'bare proofs': bareProofs,
};

async function withStores<T>({ dataDir }: AuditWork, use: (stores: Stores) => Promise<T>): Promise<T> {
  const stores = await openStores({ DATA_DIR: dataDir });
  try {
    return await use(stores);
  } finally {
    await closeStores(stores);
  }
}

async function checkpointOf(tree: Tree, { signer }: AuditWork): Promise<SignedCheckpoint> {
  const key = parseSignerKey(signer);
  const size = await tree.size();
  const checkpoint = { origin: key.name, size, root: await tree.root(size), signedAt: '2026-01-01T00:00:00.000Z' };
  return { ...checkpoint, note: signCheckpoint(checkpoint, [key]) };
}

async function exportAll({ eventStore, database }: Stores, job: AuditWork): Promise<number> {
  const tree = new Tree(database.as());
  const checkpoint = await checkpointOf(tree, job);
  const { reader } = database;
  const pieces = exportOf(
    { scope: { kind: 'everything' }, format: ndjson, checkpoint, since: null, signers: [parseSignerKey(job.signer)] },
    storedSources(eventStore, database.as(), tree, async (ids) => {
      const rows = await reader.selectFrom('organizations').select(['id', 'name']).where('id', 'in', ids).execute();
      return new Map(rows.map(({ id, name }) => [id, name]));
    }),
  );
  await pipeline(pieces, createWriteStream(job.file, { highWaterMark: BUFFER_BYTES }));
  return checkpoint.size;
}

/** The ceiling: the rows that are there, inserted once more by a prepared statement. Nothing is read but them. */
function bareTree({ dataDir }: AuditWork): number {
  const database = new Sqlite(filesOf(dataDir).database);
  database.pragma('synchronous = NORMAL');
  database.pragma(`wal_autocheckpoint = ${CHECKPOINT_EVERY}`);
  database.exec(`drop table if exists bare_tree;
    create table bare_tree (level integer not null, idx bigint not null, hash text not null, stream text,
      revision integer, position text, primary key (level, idx)) without rowid;
    create unique index bare_tree_leaves on bare_tree (stream, revision) where stream is not null`);
  const leavesFrom = database.prepare<[number, number], Record<string, unknown>>(
    'select * from tree where level = 0 and idx >= ? order by idx limit ?',
  );
  const others = database.prepare<[], Record<string, unknown>>('select * from tree where level > 0');
  const insert = database.prepare('insert into bare_tree values ($level, $idx, $hash, $stream, $revision, $position)');
  const insertAll = database.transaction((rows: readonly Record<string, unknown>[]) => {
    for (const row of rows) insert.run(row);
  });
  let leaves = 0;
  for (;;) {
    const rows = leavesFrom.all(leaves, BATCH_SIZE);
    insertAll(rows);
    leaves += rows.length;
    if (rows.length < BATCH_SIZE) break;
  }
  const inner = others.all();
  for (let at = 0; at < inner.length; at += BATCH_SIZE) insertAll(inner.slice(at, at + BATCH_SIZE));
  database.exec('drop table bare_tree');
  database.close();
  return leaves;
}

function* rowsOf(dataDir: string): Generator<EventRow[]> {
  const log = new Sqlite(filesOf(dataDir).log, { readonly: true });
  const batchAfter = log.prepare<[number, number], EventRow>(
    'select position, stream, revision, id, type, data, metadata from events where position > ? order by position limit ?',
  );
  try {
    for (let after = 0; ;) {
      const rows = batchAfter.all(after, BATCH_SIZE);
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.position;
      yield rows;
    }
  } finally {
    log.close();
  }
}

/** The ceiling: the same rows are read, and the bytes of a finished export are copied meanwhile. */
function bareExport({ dataDir, file }: AuditWork): number {
  const [from, to] = [openSync(file, 'r'), openSync(`${file}.bare`, 'w')];
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  const copy = (): number => writeSync(to, buffer, 0, readSync(from, buffer));
  let events = 0;
  for (const rows of rowsOf(dataDir)) {
    events += rows.length;
    copy();
  }
  while (copy() > 0);
  closeSync(from);
  closeSync(to);
  return events;
}

/** The ceiling: SHA-256 over each line of the export, and nothing else. */
function bareVerify({ file }: AuditWork): number {
  const from = openSync(file, 'r');
  let [events, kept] = [0, 0];
  const buffer = Buffer.allocUnsafe(2 * BUFFER_BYTES);
  for (;;) {
    const read = readSync(from, buffer, kept, BUFFER_BYTES, null);
    if (read === 0) break;
    const end = kept + read;
    let begin = 0;
    for (let feed = buffer.indexOf('\n'); feed >= 0 && feed < end; feed = buffer.indexOf('\n', begin)) {
      hash('sha256', buffer.subarray(begin, feed + 1), 'hex');
      // What stands between the events belongs to them.
      if (buffer.toString('latin1', begin, begin + MARK.length) === MARK) events += 1;
      begin = feed + 1;
    }
    buffer.copyWithin(0, begin, end);
    kept = end - begin;
  }
  closeSync(from);
  return events;
}

const MARK = '{"specversion":"1.0","id":"cxn_';

/** The ceiling: the same rows are read, and SHA-256 is taken over what each says. */
function bareVerifyLog({ dataDir }: AuditWork): number {
  let events = 0;
  for (const rows of rowsOf(dataDir)) {
    for (const { stream, revision, id, type, data, metadata } of rows) {
      const own = `${metadata.slice(0, -HASH_MEMBER_LENGTH)}}`;
      const text = `connections/event/v1\n${stream}\n${revision}\n${type}\n${id}\n${data}\n${own}\n`;
      if (!metadata.includes(hash('sha256', text))) throw new Error(`${stream}@${revision} is not what it was.`);
    }
    events += rows.length;
  }
  return events;
}

async function proofs(tree: Tree): Promise<number> {
  const size = await tree.size();
  for (let proof = 0; proof < PROOFS; proof += 1) {
    await tree.hashesOf(inclusionProofOf((proof * STRIDE) % size, size));
  }
  return PROOFS;
}

/** The ceiling: the same rows by their key, each by a prepared statement. */
function bareProofs({ dataDir }: AuditWork): number {
  const database = new Sqlite(filesOf(dataDir).database, { readonly: true });
  const size = (database.prepare('select max(idx) from tree where level = 0').pluck().get() as number) + 1;
  const hashOf = database
    .prepare<[number, number], string>('select hash from tree where level = ? and idx = ?')
    .pluck();
  for (let proof = 0; proof < PROOFS; proof += 1) {
    const subtrees = inclusionProofOf((proof * STRIDE) % size, size).flatMap((range) => [...subtreesOf(range)]);
    for (const { level, index } of subtrees) Buffer.from(hashOf.get(level, index) ?? '', 'base64');
  }
  database.close();
  return PROOFS;
}

async function measured(job: AuditWork): Promise<Audited> {
  const started = performance.now();
  const cpuBefore = process.cpuUsage();
  const count = await work[job.kind](job);
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { count, seconds, cpuSeconds: (user + system) / 1_000_000, peak: memoryOf(process.pid).peak };
}

process.on('message', (job: AuditWork) => {
  measured(job).then(
    (audited) => process.send?.(audited),
    (error: unknown) => process.send?.({ problem: error instanceof Error ? error.stack : String(error) }),
  );
});
