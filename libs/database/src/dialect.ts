import { type Kysely, PostgresAdapter, type RawBuilder, sql } from 'kysely';

/** Any statement builder, whatever its tables. */
type Builder = Pick<Kysely<unknown>, 'getExecutor'>;

/** Whether statements of this builder are for PostgreSQL; otherwise they are for SQLite. */
export const isPostgres = (database: Builder): boolean => database.getExecutor().adapter instanceof PostgresAdapter;

/**
 * The type of every text column: compared byte by byte, as JavaScript compares ids, positions and times. By default
 * PostgreSQL would compare by the locale of the database.
 */
export const textOf = (database: Builder): 'text' | RawBuilder<unknown> =>
  isPostgres(database) ? sql`text collate "C"` : 'text';

/** The time by the clock of the database, which all processes share: milliseconds since 1970. */
export const nowOf = (database: Builder): RawBuilder<number> =>
  isPostgres(database)
    ? sql`(extract(epoch from clock_timestamp()) * 1000)::bigint`
    : sql`cast(unixepoch('subsec') * 1000 as integer)`;
