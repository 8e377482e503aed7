import { sql } from 'kysely';
import type { Database } from '@connections/database/database';
import { isPostgres } from '@connections/database/dialect';
import type { Position } from '@connections/event-store/event-store';
import type { LastLeaf } from './last-leaf';
import { type Hash, type Range, rangeHash, subtreesOf } from './merkle-tree';
import { lastLeaf, subtreesQuery } from './tree-statements';
import type { TreeRow, TreeTables } from './tree.table';

/** The event of a leaf, and its hash. */
export interface Leaf {
  readonly stream: string;
  readonly revision: number;
  /** The leaf hash, in base64. */
  readonly hash: string;
}

/** No stream of this service has more revisions; a server marks the end of a deleted stream with a larger one. */
const LARGEST_REVISION = 2 ** 31 - 1;

/** The tree has no such leaves: it has not caught up with the log, or the log is shorter. */
export class BeyondTree extends Error {
  constructor(readonly range: Range) {
    super(`The tree over the log does not reach from ${range.begin} to ${range.end}.`);
  }
}

type Node = Pick<TreeRow, 'level' | 'idx' | 'hash'>;

/** The Merkle tree over the log, as far as it is projected. Every method makes one database query. */
export class Tree {
  readonly #subtrees: (parameters: readonly unknown[]) => Promise<Node[]>;
  readonly #parametersOf: ReturnType<typeof subtreesQuery>['parametersOf'];

  constructor(private readonly database: Database<TreeTables>) {
    const { query, parametersOf } = subtreesQuery(database.reader);
    this.#subtrees = database.prepare(query.compile(database.reader));
    this.#parametersOf = parametersOf;
  }

  /** The number of leaves. */
  async size(): Promise<number> {
    const { reader } = this.database;
    const newest = await reader
      .selectFrom('tree')
      .select((tree) => tree.fn.max('idx').as('idx'))
      .where('level', '=', 0)
      .executeTakeFirst();
    return (newest?.idx ?? -1) + 1;
  }

  /** The last leaf; null if there is none. */
  last(): Promise<LastLeaf | null> {
    return lastLeaf(this.database.reader, 'tree');
  }

  /** The index of an event; null until it is in the tree. */
  async leafOf(stream: string, revision: number): Promise<number | null> {
    if (revision > LARGEST_REVISION) return null;
    const leaf = await this.database.reader
      .selectFrom('tree')
      .select('idx')
      .where('stream', '=', stream)
      .where('revision', '=', revision)
      .executeTakeFirst();
    return leaf?.idx ?? null;
  }

  /**
   * The leaf indexes of a stream's events, by revision. @param from the first revision. @param limit the most to
   * return.
   */
  async leavesOf(stream: string, from: number, limit: number): Promise<number[]> {
    const rows = await this.database.reader
      .selectFrom('tree')
      .select('idx')
      .where('stream', '=', stream)
      .where('revision', '>=', from)
      .orderBy('revision')
      .limit(limit)
      .execute();
    return rows.map(({ idx }) => idx);
  }

  /**
   * The hashes of ranges of leaves, in their order. Each range is a subtree: a complete one, or one at the right edge
   * of the tree at some size.
   * @throws BeyondTree
   */
  async hashesOf(ranges: readonly Range[]): Promise<Hash[]> {
    const wanted = ranges.map((range) => subtreesOf(range));
    const nodes = await this.#subtrees(this.#parametersOf(wanted.flat()));
    const hashes = new Map(nodes.map(({ level, idx, hash }) => [keyOf(level, idx), hash]));
    return ranges.map((range, place) =>
      rangeHash(
        (wanted[place] ?? []).map(({ level, index }) => {
          const hash = hashes.get(keyOf(level, index));
          if (hash === undefined) throw new BeyondTree(range);
          return Buffer.from(hash, 'base64');
        }),
      ),
    );
  }

  /** The root of the tree as it was at a size. @throws BeyondTree */
  async root(size: number): Promise<Hash> {
    const [root] = await this.hashesOf([{ begin: 0, end: size }]);
    return root as Hash;
  }

  /** Leaves in log order. @param from the first index. @param limit the most to return. */
  leaves(from: number, limit: number): Promise<Leaf[]> {
    return this.database.reader
      .selectFrom('tree')
      .select(['stream', 'revision', 'hash'])
      .where('level', '=', 0)
      .where('idx', '>=', from)
      .orderBy('idx')
      .limit(limit)
      .$narrowType<{ stream: string; revision: number }>()
      .execute();
  }

  /** The leaves of those events that are in the tree, in any order. */
  async leavesAt(events: readonly Pick<Leaf, 'stream' | 'revision'>[]): Promise<Leaf[]> {
    const possible = events.filter(({ revision }) => revision <= LARGEST_REVISION);
    if (possible.length === 0) return [];
    const { reader } = this.database;
    // The cross join keeps SQLite from scanning the whole tree for a short list.
    const sought = isPostgres(reader)
      ? sql<Leaf>`select t.stream, t.revision, t.hash
          from unnest(${possible.map(({ stream }) => stream)}::text[], ${possible.map(({ revision }) => revision)}::integer[])
            as s(stream, revision)
          join tree t on t.stream = s.stream and t.revision = s.revision`
      : sql<Leaf>`select t.stream, t.revision, t.hash
          from json_each(${JSON.stringify(possible.map(({ stream, revision }) => [stream, revision]))}) s
          cross join tree t where t.stream = s.value->>0 and t.revision = s.value->>1`;
    return (await sought.execute(reader)).rows;
  }

  /** The position in the log of a leaf's event; null if there is no such leaf. */
  async positionOf(index: number): Promise<Position | null> {
    const leaf = await this.database.reader
      .selectFrom('tree')
      .select('position')
      .where('level', '=', 0)
      .where('idx', '=', index)
      .executeTakeFirst();
    return leaf?.position ?? null;
  }
}

const keyOf = (level: number, index: number): string => `${level}/${index}`;
