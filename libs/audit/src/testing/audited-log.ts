import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '@connections/database/database';
import { migrate } from '@connections/database/migrate';
import type { TestDatabases } from '@connections/database/testing/databases';
import { type EventStore, type LoggedEvent, START } from '@connections/event-store/event-store';
import { chained, hashOf } from '@connections/event-store/hash-chain';
import { projectionMigrations, type ProjectionTables } from '@connections/event-store/projection';
import { Projector } from '@connections/event-store/projector';
import { SqliteEventStore } from '@connections/event-store/sqlite/sqlite-event-store';
import { Checkpoints } from '../checkpoints';
import { checkpointMigrations, type CheckpointTables } from '../checkpoints.tables';
import { KeyFile } from '../key-file';
import { EMPTY_ROOT, type Hash, leafHash, nodeHash } from '../merkle-tree';
import { Tree } from '../tree';
import { treeProjection } from '../tree.projection';
import type { TreeTables } from '../tree.table';

/** A log, its tree and what is signed about it: on a real store, a real database and a real file of keys. */
export interface AuditedLog {
  readonly folder: string;
  readonly database: Database<ProjectionTables & TreeTables & CheckpointTables>;
  readonly tree: Tree;
  readonly keys: KeyFile;
  /** The log as it is now; `replaceLog` puts another one in its place. */
  store(): SqliteEventStore;
  /** Appends one event to each of the streams named, in that order. */
  append(...streams: readonly (string | number)[]): Promise<void>;
  /** Every event, in log order. */
  events(): Promise<LoggedEvent[]>;
  /** A projector that is stopped when the test ends. */
  projector(store?: EventStore): Projector;
  /** What one instance of the service signs by, with a projector of its own that has started. */
  instance(keys?: KeyFile): Promise<{ readonly checkpoints: Checkpoints; readonly projector: Projector }>;
  /** Begins another log, empty, for those who look for it from now on. */
  replaceLog(): Promise<void>;
  /** Stops the projectors, as the end of their processes would. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export async function openAuditedLog(databases: TestDatabases): Promise<AuditedLog> {
  const folder = mkdtempSync(join(tmpdir(), 'connections-'));
  const database = await databases.open<ProjectionTables & TreeTables & CheckpointTables>();
  await migrate(database.as<never>().writer, { ...projectionMigrations, ...checkpointMigrations });
  let logs = 0;
  const begin = (): SqliteEventStore => new SqliteEventStore(join(folder, `events-${(logs += 1)}.sqlite`));
  let store = begin();
  let ends = new Map<string, { revision: number; hash: string | null }>();
  let projectors: Projector[] = [];
  const tree = new Tree(database.as());
  const ownKeys = new KeyFile(join(folder, 'audit.key'));
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined } as never;

  const projector = (of: EventStore = store): Projector => {
    const made = new Projector(of, database.as(), treeProjection, silent);
    projectors.push(made);
    return made;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(projectors.map((each) => each.stop()));
    projectors = [];
  };
  return {
    folder,
    database,
    tree,
    keys: ownKeys,
    store: () => store,
    projector,
    async append(...streams) {
      const appending = streams.map((name) => {
        const stream = `connection-${name}`;
        const { revision, hash } = ends.get(stream) ?? { revision: -1, hash: null };
        const plain = { id: randomUUID(), type: 'Noted', data: { note: randomUUID() }, metadata: {} };
        const event = chained(plain, stream, revision + 1, hash);
        ends.set(stream, { revision: revision + 1, hash: hashOf(event) });
        return store.append(stream, revision, [event]);
      });
      await Promise.all(appending);
    },
    async events() {
      const [events, head]: [LoggedEvent[], string] = [[], await store.head()];
      if (head === START) return events;
      for await (const batch of store.subscribe({ after: START })) {
        events.push(...batch.events);
        if (batch.upTo >= head) break;
      }
      return events;
    },
    async instance(keys = ownKeys) {
      const own = projector();
      await own.start();
      return { checkpoints: new Checkpoints(database.as(), store, tree, own, keys), projector: own };
    },
    async replaceLog() {
      await store.close();
      store = begin();
      ends = new Map();
    },
    stop,
    async close() {
      await stop();
      await store.close();
      await database.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The leaves that a log has, by the plainest code there is. */
export const leavesOf = (events: readonly LoggedEvent[]): Hash[] =>
  events.map((event) => leafHash(Buffer.from(hashOf(event) ?? '', 'hex')));

/** The root of a list of leaves, by its definition. */
export function naiveRoot(leaves: readonly Hash[]): Hash {
  if (leaves.length <= 1) return leaves[0] ?? EMPTY_ROOT;
  let left = 1;
  while (left * 2 < leaves.length) left *= 2;
  return nodeHash(naiveRoot(leaves.slice(0, left)), naiveRoot(leaves.slice(left)));
}
