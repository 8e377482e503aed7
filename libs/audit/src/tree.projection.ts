import { type Kysely, sql } from 'kysely';
import { isPostgres, textOf } from '@connections/database/dialect';
import type { LoggedEvent } from '@connections/event-store/event-store';
import { type Changes, type EventPlace, type Projection, Unprojectable } from '@connections/event-store/projection';
import { requireFollowed } from './last-leaf';
import { leafOfEvent } from './leaf';
import { GrowingTree, type Hash } from './merkle-tree';
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
    // Rows are stored in key order, so that the subtrees of a proof are found directly and nothing is stored twice.
    await (isPostgres(database) ? empty : empty.modifyEnd(sql`without rowid`)).execute();
    await database.schema
      .createIndex(`tree_${generation}_leaves`)
      .unique()
      .on(table)
      .columns(['stream', 'revision'])
      .where(sql.ref('stream'), 'is not', null)
      .execute();
  },

  changes: () => new TreeChanges(),

  async requireFollowed(database, table, log) {
    await requireFollowed(await lastLeaf(database, table), log);
  },
};

/** An event that is a leaf, or becomes one. */
interface Leaf extends EventPlace {
  readonly hash: Hash;
}

class TreeChanges implements Changes {
  readonly #leaves: Leaf[] = [];

  add(events: readonly LoggedEvent[]): void {
    for (const event of events) {
      const { stream, revision, type, position } = event;
      this.#leaves.push({ stream, revision, type, position, hash: leafOfEvent(event) });
    }
  }

  async writeTo(untyped: Kysely<unknown>, table: string): Promise<void> {
    if (this.#leaves.length === 0) return;
    const tx = untyped as Kysely<TreeTables>;
    const fresh = await unseen(tx, table, this.#leaves);
    if (fresh.length === 0) return;
    const tree = new GrowingTree(...(await edgeOf(tx, table)));
    const rows: TreeRow[] = [];
    for (const leaf of fresh) {
      tree.append(leaf.hash, ({ level, index }, node) => {
        const { stream, revision, position } = level === 0 ? leaf : NO_EVENT;
        rows.push({ level, idx: index, hash: node.toString('base64'), stream, revision, position });
      });
    }
    await insertRows(tx, table, rows);
  }
}

const NO_EVENT = { stream: null, revision: null, position: null };

/** The leaves not yet in the tree. @throws Unprojectable when an event before one of them is missing. */
async function unseen(tx: Kysely<TreeTables>, table: string, leaves: readonly Leaf[]): Promise<readonly Leaf[]> {
  const last = await lastRevisions(tx, table, [...new Set(leaves.map(({ stream }) => stream))]);
  return leaves.filter((leaf) => {
    const revision = last.get(leaf.stream) ?? -1;
    if (leaf.revision <= revision) return false;
    if (leaf.revision !== revision + 1) {
      throw new Unprojectable(leaf, `the tree has its stream up to revision ${revision}, so events are missing`);
    }
    last.set(leaf.stream, leaf.revision);
    return true;
  });
}
