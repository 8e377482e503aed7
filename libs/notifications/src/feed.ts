import type { Database } from '@connections/database/database';
import type { Position } from '@connections/event-store/event-store';
import type { FeedRow, FeedTables } from './feed.table';

/** Identifies an event and its place in the log. */
export interface FeedPlace {
  readonly connectionId: string;
  readonly revision: number;
  readonly position: Position;
}

type Walk = (parameters: readonly unknown[]) => Promise<FeedRow[]>;

/** The events in an organization's feed: those of all its connections, in log order. */
export class Feed {
  readonly #ofAll: Walk;
  readonly #asSource: Walk;
  readonly #asDestination: Walk;
  readonly #between: Walk;
  readonly #at: Walk;
  readonly #newest: Walk;

  constructor(database: Database<FeedTables>) {
    const rows = database.reader.selectFrom('feed').selectAll().orderBy('position').limit(1);
    const newest = database.reader.selectFrom('feed').selectAll().orderBy('position', 'desc').limit(1);
    this.#newest = database.prepare(newest.compile());
    const after = rows.where('position', '>', '');
    this.#ofAll = database.prepare(after.compile());
    this.#asSource = database.prepare(
      rows.where('source_organization_id', '=', '').where('position', '>', '').compile(),
    );
    this.#asDestination = database.prepare(
      rows
        .where('destination_organization_id', '=', '')
        .where('position', '>', '')
        // A connection of an organization to itself appears in its feed once.
        .whereRef('source_organization_id', '<>', 'destination_organization_id')
        .compile(),
    );
    this.#between = database.prepare(after.where('position', '<=', '').compile());
    this.#at = database.prepare(rows.where('position', '=', '').compile());
  }

  /**
   * The events after a position, oldest first.
   * @param viewer an organization; null for all events.
   */
  async after(viewer: string | null, position: Position, limit: number): Promise<FeedPlace[]> {
    if (viewer === null) return (await this.#ofAll([position, limit])).map(placeOf);
    const walks = await Promise.all([
      this.#asSource([viewer, position, limit]),
      this.#asDestination([viewer, position, limit]),
    ]);
    return walks
      .flat()
      .sort((one, other) => (one.position < other.position ? -1 : 1))
      .slice(0, limit)
      .map(placeOf);
  }

  /** The last event of all feeds; null if there is none. */
  async last(): Promise<FeedPlace | null> {
    const [row] = await this.#newest([1]);
    return row === undefined ? null : placeOf(row);
  }

  /** The event at a position, in any feed; null if there is none. */
  async at(position: Position): Promise<FeedPlace | null> {
    const [row] = await this.#at([position, 1]);
    return row === undefined ? null : placeOf(row);
  }

  /**
   * The organizations whose feeds have something new between two positions; null if these are too many changes to tell.
   */
  async changedBetween(after: Position, upTo: Position): Promise<ReadonlySet<string> | null> {
    const rows = await this.#between([after, upTo, MOST_CHANGES]);
    if (rows.length === MOST_CHANGES) return null;
    return new Set(rows.flatMap((row) => [row.source_organization_id, row.destination_organization_id]));
  }
}

/** With more changes at once than this, the organizations concerned are not looked up. */
const MOST_CHANGES = 1_000;

const placeOf = ({ connection_id, revision, position }: FeedRow): FeedPlace => ({
  connectionId: connection_id,
  revision,
  position,
});
