import { type Kysely, sql } from 'kysely';

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
    /** For single writing statements, durable before they settle. */
    readonly writer: Kysely<Tables>,
    readonly engine: {
      readonly name: 'sqlite';
      integrityProblems(): string[];
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
    if (durability === 'durable') return this.writer.transaction().execute(work);
    return this.writer.connection().execute(async (connection) => {
      await sql`pragma synchronous = normal`.execute(connection);
      try {
        return await connection.transaction().execute(work);
      } finally {
        await sql`pragma synchronous = full`.execute(connection);
      }
    });
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
