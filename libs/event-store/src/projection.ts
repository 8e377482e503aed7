import type { Kysely } from 'kysely';
import { textOf } from '@connections/database/dialect';
import type { Migrations } from '@connections/database/migrate';
import type { EventStore, LoggedEvent, Position } from './event-store';

/**
 * A table that follows the log. It can be dropped and replayed at any time and comes out the same, so its changes use
 * no clock, no random number and nothing but the events and its own rows.
 */
export interface Projection {
  /** The name of the projection and of the table that readers use. */
  readonly name: string;
  /** Raised when the table's form or meaning changes; the table is then rebuilt at the next start. */
  readonly version: number;
  /** Makes the empty table under a given name; `generation` keeps the names of its keys apart. */
  create(database: Kysely<unknown>, table: string, generation: number): Promise<void>;
  /**
   * What readers look rows up by besides: columns by a name. Changes have no need of it, so a rebuild may make it once the
   * rows are there.
   */
  readonly indexes?: Readonly<Record<string, readonly string[]>>;
  /** Begins to gather what events change. */
  changes(): Changes;
  /**
   * Asked whenever a projector begins to follow a log, besides that the log reaches as far as the rows do: whether they
   * were made of this log.
   * @throws when they were not, and then nothing is added to them; StoreUnavailable when the log cannot be asked.
   */
  requireFollowed?(database: Kysely<unknown>, table: string, log: Pick<EventStore, 'read'>): Promise<void>;
}

/**
 * What events change in the rows of a table. All that they say by themselves is worked out while they are gathered, before
 * any row is looked at.
 */
export interface Changes {
  /** Takes in the events that come next in the log. @throws Unprojectable for one that no rows could make sense of. */
  add(events: readonly LoggedEvent[]): void;
  /**
   * Brings the rows up to date with all events that were added. Those that the rows have seen before change nothing.
   * @throws Unprojectable, naming the event that does not fit the rows.
   */
  writeTo(tx: Kysely<unknown>, table: string): Promise<void>;
}

/** Brings the rows up to date with some events. @throws Unprojectable */
export async function apply<Tables>(
  projection: Projection,
  tx: Kysely<Tables>,
  table: string,
  events: readonly LoggedEvent[],
): Promise<void> {
  const changes = projection.changes();
  changes.add(events);
  await changes.writeTo(tx as unknown as Kysely<unknown>, table);
}

/** What makes the indexes of a table, one each; `generation` keeps their names apart. */
export const indexing = (
  { name, indexes = {} }: Projection,
  table: string,
  generation: number,
): ((database: Kysely<unknown>) => Promise<void>)[] =>
  Object.entries(indexes).map(
    ([index, columns]) =>
      (database) =>
        database.schema
          .createIndex(`${name}_${generation}_${index}`)
          .on(table)
          .columns([...columns])
          .execute(),
  );

/** Which event it is, without what it says. */
export type EventPlace = Pick<LoggedEvent, 'stream' | 'revision' | 'type' | 'position'>;

/** This event cannot be projected, and skipping it would make the read model lie. */
export class Unprojectable extends Error {
  constructor(
    readonly event: EventPlace,
    why: unknown,
  ) {
    const reason = why instanceof Error ? why.message : String(why);
    super(`Event ${event.stream}@${event.revision} (${event.type}) cannot be projected: ${reason}`, { cause: why });
  }
}

/** How far a projection is, one row each. A rebuild under way has a row of its own. */
export interface ProjectionTables {
  projections: {
    name: string;
    version: number;
    /** Counts the rebuilds; a projector that holds another number is fenced off. */
    generation: number;
    /** Everything up to here is in the table. */
    position: Position;
    /** Why the projection stands still; null while it runs. */
    fault: string | null;
  };
}

export const projectionMigrations: Migrations = {
  '0001-projections': {
    async up(db: Kysely<unknown>) {
      const text = textOf(db);
      await db.schema
        .createTable('projections')
        .addColumn('name', text, (column) => column.primaryKey())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('generation', 'integer', (column) => column.notNull())
        .addColumn('position', text, (column) => column.notNull())
        .addColumn('fault', text)
        .execute();
    },
  },
};
