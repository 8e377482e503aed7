import { type Kysely, sql } from 'kysely';
import { isPostgres, textOf } from '@connections/database/dialect';
import type { LoggedEvent } from '@connections/event-store/event-store';
import { type Projection, Unprojectable } from '@connections/event-store/projection';
import { requireFollowed } from './last-leaf';
import { leafOfEvent } from './leaf';
import { GrowingTree } from './merkle-tree';
import { edgeOf, insertRows, lastLeaf, lastRevisions } from './tree-statements';
import type { TreeRow, TreeTables } from './tree.table';

/** The Merkle tree over the log: the n-th event is the n-th leaf. A row, once written, never changes. */
export const treeProjection: Projection = {
  name: 'tree',
  version: 1,

  async create(database, table, generation) {
    const text = textOf(database);
    const empty = database.schema
      .createTable(table)
      .addColumn('level', 'integer', (column) => column.notNull())
      .addColumn('idx', 'bigint', (column) => column.notNull())
      .addColumn('hash', text, (column) => column.notNull())
      .addColumn('stream', text)
      .addColumn('revision', 'integer')
      .addColumn('position', text)
      .addPrimaryKeyConstraint(`tree_${generation}_nodes`, ['level', 'idx']);
    // Rows lie in the order of their key, so that a proof is found where its subtrees are, and nothing is stored twice.
    await (isPostgres(database) ? empty : empty.modifyEnd(sql`without rowid`)).execute();
    await database.schema
      .createIndex(`tree_${generation}_leaves`)
      .unique()
      .on(table)
      .columns(['stream', 'revision'])
      .where(sql.ref('stream'), 'is not', null)
      .execute();
  },

  async apply(untyped, table, events) {
    if (events.length === 0) return;
    const tx = untyped as Kysely<TreeTables>;
    const fresh = await unseen(tx, table, events);
    if (fresh.length === 0) return;
    const tree = new GrowingTree(...(await edgeOf(tx, table)));
    const rows: TreeRow[] = [];
    for (const event of fresh) {
      tree.append(leafOfEvent(event), ({ level, index }, node) => {
        const { stream, revision, position } = level === 0 ? event : NO_EVENT;
        rows.push({ level, idx: index, hash: node.toString('base64'), stream, revision, position });
      });
    }
    await insertRows(tx, table, rows);
  },

  async requireFollowed(database, table, log) {
    await requireFollowed(await lastLeaf(database, table), log);
  },
};

const NO_EVENT = { stream: null, revision: null, position: null };

/** Those of the events that are no leaves yet. @throws Unprojectable when an event is missing before one of them. */
async function unseen(
  tx: Kysely<TreeTables>,
  table: string,
  events: readonly LoggedEvent[],
): Promise<readonly LoggedEvent[]> {
  const last = await lastRevisions(tx, table, [...new Set(events.map(({ stream }) => stream))]);
  return events.filter((event) => {
    const revision = last.get(event.stream) ?? -1;
    if (event.revision <= revision) return false;
    if (event.revision !== revision + 1) {
      throw new Unprojectable(event, `the tree has its stream up to revision ${revision}, so events are missing`);
    }
    last.set(event.stream, event.revision);
    return true;
  });
}
