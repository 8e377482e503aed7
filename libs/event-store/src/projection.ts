import type { Kysely } from 'kysely';
import { textOf } from '@connections/database/dialect';
import type { Migrations } from '@connections/database/migrate';
import type { EventStore, LoggedEvent, Position } from './event-store';

/**
 * A table derived from the log. It can be dropped and replayed at any time with the same result, so its changes use no
 * clock, no randomness, and nothing but the events and its own rows.
 */
export interface Projection {
  /** The name of the projection and of the table that readers use. */
  readonly name: string;
  /** Raised when the table's form or meaning changes; the table is then rebuilt at the next start. */
  readonly version: number;
  /** Creates the empty table under a given name; `generation` keeps the names of its keys distinct. */
  create(database: Kysely<unknown>, table: string, generation: number): Promise<void>;
  /**
   * Further columns that readers look rows up by, for each index name. Applying changes does not need them, so a
   * rebuild may create the indexes once the rows are there.
   */
  readonly indexes?: Readonly<Record<string, readonly string[]>>;
  /** Begins to collect what events change. */
  changes(): Changes;
  /**
   * Called whenever a projector begins to follow a log that reaches as far as the rows do: checks that the rows were
   * made from this log.
   * @throws when they were not, and then nothing is added to them; StoreUnavailable when the log cannot be asked.
   */
  requireFollowed?(database: Kysely<unknown>, table: string, log: Pick<EventStore, 'read'>): Promise<void>;
}

/**
 * What events change in the rows of a table. All that follows from the events alone is computed while they are
 * collected, before any row is read.
 */
export interface Changes {
  /** Adds the next events of the log. @throws Unprojectable for one that fits no rows. */
  add(events: readonly LoggedEvent[]): void;
  /**
   * Brings the rows up to date with all events that were added. Events already applied to the rows change nothing.
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

/** Functions that create the indexes of a table, one each; `generation` keeps their names distinct. */
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

/** Identifies an event, without its content. */
export type EventPlace = Pick<LoggedEvent, 'stream' | 'revision' | 'type' | 'position'>;

/** This event cannot be projected, and skipping it would make the read model wrong. */
export class Unprojectable extends Error {
  constructor(
    readonly event: EventPlace,
    why: unknown,
  ) {
    const reason = why instanceof Error ? why.message : String(why);
    super(`Event ${event.stream}@${event.revision} (${event.type}) cannot be projected: ${reason}`, { cause: why });
  }
}

/** How far each projection is, one row each. A rebuild under way has a row of its own. */
export interface ProjectionTables {
  projections: {
    name: string;
    version: number;
    /** Counts the rebuilds; a projector that holds another number is fenced off. */
    generation: number;
    /** Everything up to here is in the table. */
    position: Position;
    /** Why the projection has stopped; null while it runs. */
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
