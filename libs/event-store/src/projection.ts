import type { Kysely } from 'kysely';
import { textOf } from '@connections/database/dialect';
import type { Migrations } from '@connections/database/migrate';
import type { EventStore, LoggedEvent, Position } from './event-store';

/**
 * A table that follows the log. It can be dropped and replayed at any time and comes out the same, so `apply` uses
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
   * What readers look rows up by besides: columns by a name. `apply` has no need of it, so a rebuild may make it once the
   * rows are there.
   */
  readonly indexes?: Readonly<Record<string, readonly string[]>>;
  /**
   * Brings the table's rows up to date with some events, in log order. Events it has seen before change nothing.
   * @throws Unprojectable, naming the event that cannot be projected.
   */
  apply(tx: Kysely<unknown>, table: string, events: readonly LoggedEvent[]): Promise<void>;
  /**
   * Asked whenever a projector begins to follow a log, besides that the log reaches as far as the rows do: whether they
   * were made of this log.
   * @throws when they were not, and then nothing is added to them; StoreUnavailable when the log cannot be asked.
   */
  requireFollowed?(database: Kysely<unknown>, table: string, log: Pick<EventStore, 'read'>): Promise<void>;
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

/** This event cannot be projected, and skipping it would make the read model lie. */
export class Unprojectable extends Error {
  constructor(
    readonly event: LoggedEvent,
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
