import Sqlite from 'better-sqlite3';
import { CHECKPOINT_EVERY, closeStores, connectionsProjection, filesOf, openStores, rebuild } from './built.mts';
import { memoryOf } from './processes.mts';

export interface Replay {
  readonly dataDir: string;
  /** The service's own rebuild, or its ceiling. */
  readonly by: 'rebuild' | 'raw loop';
}

export interface Replayed {
  readonly events: number;
  readonly seconds: number;
  /** Seconds of processor time: what a machine that is not shared would need at least. */
  readonly cpuSeconds: number;
  /** Most resident memory of the process that did it, in bytes. */
  readonly peak: number;
  /** Rows by status, so that both can be seen to have done the same. */
  readonly rows: string;
}

const BATCH_SIZE = 2_000;

async function byRebuild(dataDir: string): Promise<number> {
  const stores = await openStores({ DATA_DIR: dataDir });
  const { done } = await rebuild(stores.eventStore, stores.database.as(), connectionsProjection);
  await closeStores(stores);
  return done;
}

/**
 * The ceiling: the same events read in the same order, parsed, and written as the same rows into a table that gets the same
 * indexes at the end, a transaction for every 2,000, as little else as can be. It trusts every event and folds nothing.
 */
async function byRawLoop(dataDir: string): Promise<number> {
  const files = filesOf(dataDir);
  const stores = await openStores({ DATA_DIR: dataDir });
  await stores.database.writer.schema.dropTable('raw').ifExists().execute();
  await connectionsProjection.create(stores.database.writer as never, 'raw', 1_000_000);
  await closeStores(stores);
  const log = new Sqlite(files.log, { readonly: true });
  const database = new Sqlite(files.database);
  database.pragma('synchronous = NORMAL');
  database.pragma(`wal_autocheckpoint = ${CHECKPOINT_EVERY}`);
  const batchAfter = log.prepare<[number, number], EventRow>(
    'select position, stream, revision, type, data, metadata from events where position > ? order by position limit ?',
  );
  const insert = database.prepare(
    `insert into raw (id, revision, created_position, source_organization_id, destination_organization_id, name, scopes,
     status, creator_id, creator_type, deactivated_by, created_at, updated_at) values (?,?,?,?,?,?,?,?,?,?,?,?,?)`,
  );
  const update = database.prepare(
    'update raw set revision = ?, status = ?, deactivated_by = ?, updated_at = ? where id = ?',
  );
  let [after, events] = [0, 0];
  for (;;) {
    const batch = batchAfter.all(after, BATCH_SIZE);
    const last = batch.at(-1);
    if (last === undefined) break;
    database.transaction(() => {
      for (const { position, stream, revision, type, data, metadata } of batch) {
        const facts = JSON.parse(data) as Record<string, never>;
        const about = JSON.parse(metadata) as { actor: Record<string, string>; 'occurred-at': string };
        const id = `cxn_${stream.slice('connection-'.length)}`;
        const at = about['occurred-at'];
        if (type === 'ConnectionCreated') {
          const [source, destination] = [facts['source-organization-id'], facts['destination-organization-id']];
          const scopes = JSON.stringify(facts['scopes']);
          const created = String(position).padStart(16, '0');
          const { id: creator, type: creatorType } = about.actor;
          insert.run(
            ...[id, revision, created, source, destination, facts['name'], scopes, 'pending', creator, creatorType],
            ...[null, at, at],
          );
        } else {
          const deactivated = type === 'ConnectionDeactivated';
          const status = type === 'ConnectionActivated' ? 'active' : deactivated ? 'inactive' : 'pending';
          update.run(revision, status, deactivated ? about.actor['role'] : null, at, id);
        }
      }
    })();
    events += batch.length;
    after = last.position;
  }
  for (const [name, columns] of Object.entries(connectionsProjection.indexes ?? {})) {
    database.exec(`create index raw_${name} on raw (${columns.join(', ')})`);
  }
  log.close();
  database.close();
  return events;
}

interface EventRow {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

function rowsOf(dataDir: string, table: string): string {
  const database = new Sqlite(filesOf(dataDir).database);
  const columns = 'count(*) as rows, sum(revision) as revisions, min(updated_at) as first, max(updated_at) as last';
  const rows = database.prepare(`select status, ${columns} from ${table} group by status order by status`).all();
  database.close();
  return JSON.stringify(rows);
}

async function replay({ dataDir, by }: Replay): Promise<Replayed> {
  const started = performance.now();
  const cpuBefore = process.cpuUsage();
  const events = await (by === 'rebuild' ? byRebuild(dataDir) : byRawLoop(dataDir));
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const rows = rowsOf(dataDir, by === 'rebuild' ? 'connections' : 'raw');
  return { events, seconds, cpuSeconds: (user + system) / 1_000_000, peak: memoryOf(process.pid).peak, rows };
}

process.on('message', (question: Replay) => {
  replay(question).then(
    (replayed) => process.send?.(replayed),
    (error: unknown) => process.send?.({ problem: error instanceof Error ? error.stack : String(error) }),
  );
});
