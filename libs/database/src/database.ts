import { type CompiledQuery, type Kysely, sql } from 'kysely';

/** Tells whether what was written survives a power failure, or only a killed process. */
export type Durability = 'durable' | 'relaxed';

/**
 * The relational side: read models, the directory and idempotency records. Reading and writing go by separate ways,
 * so that a long write never holds up a read. Generic in the tables that the holder knows of.
 */
export class Database<Tables> {
  constructor(
    /** For queries only. Sees whatever is committed. */
    readonly reader: Kysely<Tables>,
    /** Writes what may be lost when the power fails, as `relaxed` does; see `transaction` for the rest. */
    readonly writer: Kysely<Tables>,
    readonly engine: {
      readonly name: 'sqlite';
      /** Runs a compiled query on the reading side, past the query builder. */
      run(sql: string, parameters: readonly unknown[]): Promise<unknown[]>;
      /** Closes the connections, used or not; may be called again. */
      close(): void;
    },
  ) {}

  /**
   * Runs all of `work` or none of it. Begin `work` with a write: a transaction that reads first and writes later may
   * be refused by SQLite when another process wrote in between.
   * @param durability `relaxed` for what can be recomputed or recognised again from the log.
   */
  async transaction<T>(durability: Durability, work: (tx: Kysely<Tables>) => Promise<T>): Promise<T> {
    if (durability === 'relaxed') return this.writer.transaction().execute(work);
    return this.writer.connection().execute(async (connection) => {
      await sql`pragma synchronous = full`.execute(connection);
      try {
        return await connection.transaction().execute(work);
      } finally {
        await sql`pragma synchronous = normal`.execute(connection);
      }
    });
  }

  /**
   * A query that is asked often: built once and then only given other parameters, since building and dispatching one
   * costs several times what running it does.
   * @returns a function that takes the parameters in the order in which they stand in the query.
   */
  prepare<Row>(query: CompiledQuery<Row>): (parameters: readonly unknown[]) => Promise<Row[]> {
    return (parameters) => this.engine.run(query.sql, parameters) as Promise<Row[]>;
  }

  /** The same database, for a holder that knows of other tables. */
  as<Others>(): Database<Others> {
    return this as unknown as Database<Others>;
  }

  /** Lets go of everything; what is under way is finished first. */
  async close(): Promise<void> {
    await this.reader.destroy();
    await this.writer.destroy();
    // Kysely closes only what was used.
    this.engine.close();
  }
}
