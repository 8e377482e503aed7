import { randomUUID } from 'node:crypto';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import type { Database } from '@connections/database/database';
import { migrate } from '@connections/database/migrate';
import type { TestDatabases } from '@connections/database/testing/databases';
import { type EventStore, type LoggedEvent, START } from '@connections/event-store/event-store';
import { chained, hashOf } from '@connections/event-store/hash-chain';
import { projectionMigrations, type ProjectionTables } from '@connections/event-store/projection';
import { Projector } from '@connections/event-store/projector';
import { SqliteEventStore } from '@connections/event-store/sqlite/sqlite-event-store';
import { temporaryFolder } from '../../../../test/support/temporary-folder';
import { Checkpoints } from '../checkpoints';
import { checkpointMigrations, type CheckpointTables } from '../checkpoints.tables';
import { KeyFile } from '../key-file';
import { KnownKeys } from '../known-keys';
import { EMPTY_ROOT, type Hash, leafHash, nodeHash } from '../merkle-tree';
import { Tree } from '../tree';
import { treeProjection } from '../tree.projection';
import type { TreeTables } from '../tree.table';

/** A log, its tree and its checkpoints, on a real store, a real database and a real key file. */
export interface AuditedLog {
  readonly folder: string;
  readonly database: Database<ProjectionTables & TreeTables & CheckpointTables>;
  readonly tree: Tree;
  readonly keys: KeyFile;
  /** The current log; `replaceLog` puts another one in its place. */
  store(): SqliteEventStore;
  /** Appends one event to each of the named streams, in that order. */
  append(...streams: readonly (string | number)[]): Promise<void>;
  /** Every event, in log order. */
  events(): Promise<LoggedEvent[]>;
  /** A projector, stopped when the test ends. */
  projector(store?: EventStore): Projector;
  /** What one instance of the service signs with; its own projector has started. */
  instance(keys?: KeyFile): Promise<{
    readonly checkpoints: Checkpoints;
    readonly knownKeys: KnownKeys;
    readonly projector: Projector;
  }>;
  /** Replaces the log for stores opened from now on: with an earlier copy, or else with an empty log. */
  replaceLog(copy?: LogCopy): Promise<void>;
  /** A copy of the log at this moment. */
  copyLog(): Promise<LogCopy>;
  /** Stops the projectors, as if their processes had ended. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

/** A copy of a log, and where its streams ended. */
export interface LogCopy {
  readonly path: string;
  readonly ends: ReadonlyMap<string, StreamEnd>;
}

interface StreamEnd {
  readonly revision: number;
  readonly hash: string | null;
}

export async function openAuditedLog(databases: TestDatabases): Promise<AuditedLog> {
  const folder = temporaryFolder();
  const database = await databases.open<ProjectionTables & TreeTables & CheckpointTables>();
  await migrate(database.as<never>().writer, { ...projectionMigrations, ...checkpointMigrations });
  let logs = 0;
  const newPath = (): string => join(folder.path, `events-${(logs += 1)}.sqlite`);
  let path = newPath();
  let store = new SqliteEventStore(path);
  let ends = new Map<string, StreamEnd>();
  let projectors: Projector[] = [];
  const tree = new Tree(database.as());
  const ownKeys = new KeyFile(join(folder.path, 'audit.key'));
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
    folder: folder.path,
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
      const checkpoints = new Checkpoints(database.as(), store, tree, own, keys);
      return { checkpoints, knownKeys: new KnownKeys(database.as(), keys), projector: own };
    },
    async replaceLog(copy) {
      await store.close();
      path = newPath();
      if (copy) copyFileSync(copy.path, path);
      store = new SqliteEventStore(path);
      ends = new Map(copy?.ends);
    },
    async copyLog() {
      const copy = newPath();
      const file = new SqliteDatabase(path);
      await file.backup(copy);
      file.close();
      return { path: copy, ends: new Map(ends) };
    },
    stop,
    async close() {
      await stop();
      await store.close();
      await database.close();
      folder.remove();
    },
  };
}

/** The leaves of a log, by the simplest code. */
export const leavesOf = (events: readonly LoggedEvent[]): Hash[] =>
  events.map((event) => leafHash(Buffer.from(hashOf(event) ?? '', 'hex')));

/** The root of a list of leaves, by its definition. */
export function naiveRoot(leaves: readonly Hash[]): Hash {
  if (leaves.length <= 1) return leaves[0] ?? EMPTY_ROOT;
  let left = 1;
  while (left * 2 < leaves.length) left *= 2;
  return nodeHash(naiveRoot(leaves.slice(0, left)), naiveRoot(leaves.slice(left)));
}
