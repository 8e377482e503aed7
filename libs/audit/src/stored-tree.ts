import { type Kysely, sql } from 'kysely';
import { isPostgres } from '@connections/database/dialect';
import type { ProjectionTables } from '@connections/event-store/projection';
import type { TreeTables } from './tree.table';

/** A leaf as the table has it. */
export interface StoredLeaf {
  readonly stream: string;
  readonly revision: number;
  /** Base64. */
  readonly hash: string;
}

/** More than a stream has that this service writes; a server marks the end of a deleted stream by a larger one. */
const LARGEST_REVISION = 2 ** 31 - 1;

/** The table of the tree, read in bulk; empty where it was not made yet. */
export class StoredTree {
  #isThere: Promise<boolean> | undefined;

  constructor(private readonly reader: Kysely<TreeTables & ProjectionTables>) {}

  /** Leaves in log order. @param from the first index. */
  async leaves(from: number, limit: number): Promise<StoredLeaf[]> {
    if (!(await this.#exists())) return [];
    const { rows } = await sql<StoredLeaf>`
      select stream, revision, hash from tree where level = 0 and idx >= ${from} and idx < ${from + limit}
      order by idx`.execute(this.reader);
    return rows;
  }

  /** The leaves of events, as far as they are there, in any order. */
  async leavesOf(events: readonly Pick<StoredLeaf, 'stream' | 'revision'>[]): Promise<StoredLeaf[]> {
    const possible = events.filter(({ revision }) => revision <= LARGEST_REVISION);
    if (possible.length === 0 || !(await this.#exists())) return [];
    // The cross join keeps SQLite from walking through the whole tree for a short list.
    const sought = isPostgres(this.reader)
      ? sql`select t.stream, t.revision, t.hash
          from unnest(${possible.map(({ stream }) => stream)}::text[], ${possible.map(({ revision }) => revision)}::integer[])
            as s(stream, revision)
          join tree t on t.stream = s.stream and t.revision = s.revision`
      : sql`select t.stream, t.revision, t.hash
          from json_each(${JSON.stringify(possible.map(({ stream, revision }) => [stream, revision]))}) s
          cross join tree t where t.stream = s.value->>0 and t.revision = s.value->>1`;
    return (await sql<StoredLeaf>`${sought}`.execute(this.reader)).rows;
  }

  /** Null when the tree has no such event. */
  async indexOf(stream: string, revision: number): Promise<number | null> {
    if (revision > LARGEST_REVISION || !(await this.#exists())) return null;
    const leaf = await this.reader
      .selectFrom('tree')
      .select('idx')
      .where('stream', '=', stream)
      .where('revision', '=', revision)
      .executeTakeFirst();
    return leaf?.idx ?? null;
  }

  #exists(): Promise<boolean> {
    this.#isThere ??= this.reader
      .selectFrom('projections')
      .select('name')
      .where('name', '=', 'tree')
      .executeTakeFirst()
      .then((row) => row !== undefined);
    return this.#isThere;
  }
}
