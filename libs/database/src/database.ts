import { type CompiledQuery, type Kysely, sql } from 'kysely';
import { isPostgres } from './dialect';
import { Together } from './together';

/** Tells whether what was written survives a power failure, or only a killed process. */
export type Durability = 'durable' | 'relaxed';

/** The connections of this process to a database server. */
export interface Pool {
  readonly totalCount: number;
  /** Those of them that nobody uses now. */
  readonly idleCount: number;
  /** Those who wait for one. */
  readonly waitingCount: number;
}

/** What one database does differently from another. */
export interface Engine {
  readonly name: 'sqlite' | 'postgres';
  /** Runs all of `work` or none of it; see `Database.transaction`. */
  transaction<Tables, T>(
    writer: Kysely<Tables>,
    durability: Durability,
    work: (tx: Kysely<Tables>) => Promise<T>,
  ): Promise<T>;
  /** Keeps the other writers of a table out until the transaction ends; see `Database.lock`. */
  lock<Tables>(tx: Kysely<Tables>, table: string): Promise<void>;
  /** See `Database.probe`. */
  probe(): Promise<void>;
  /** Runs a compiled query on the reading side, past the query builder. */
  run(sql: string, parameters: readonly unknown[]): Promise<unknown[]>;
  /**
   * A number that is another one once anything was committed, by whomever. It is of the moment of what is run after it,
   * or older. None for a server, where to ask costs as much as to read.
   */
  readonly version?: () => Promise<number>;
  /** None for a file. */
  readonly pool?: Pool;
  /** Closes the connections, used or not; may be called again. */
  close(): Promise<void>;
}

/**
 * The relational side: read models, the directory and idempotency records. Reading and writing go by separate ways,
 * so that a long write never holds up a read; a server keeps them apart by itself. Generic in the tables that the holder knows of.
 */
export class Database<Tables> {
  readonly #together = new Together<Tables>((work) => this.transaction('relaxed', work));

  constructor(
    /** For queries only. Sees whatever is committed. */
    readonly reader: Kysely<Tables>,
    /** Writes what may be lost when the power fails, as `relaxed` does; see `transaction` for the rest. */
    readonly writer: Kysely<Tables>,
    readonly engine: Engine,
  ) {}

  /**
   * Runs all of `work` or none of it. Begin `work` with a write: a transaction that reads first and writes later may
   * be refused by SQLite when another process wrote in between, and on PostgreSQL what it read may have changed.
   * @param durability `relaxed` for what can be recomputed or recognised again from the log.
   */
  transaction<T>(durability: Durability, work: (tx: Kysely<Tables>) => Promise<T>): Promise<T> {
    return this.engine.transaction(this.writer, durability, work);
  }

  /**
   * Reads, as often and for as long as it likes, what some tables held at one moment. Writers go on meanwhile, but
   * nobody puts another table in the place of one of these. On SQLite this process's other reads wait, or see that moment
   * as well where they are prepared, and the write-ahead log grows until this ends.
   */
  snapshot<T>(tables: readonly (keyof Tables & string)[], work: (tx: Kysely<Tables>) => Promise<T>): Promise<T> {
    return this.reader
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute(async (tx) => {
        if (isPostgres(tx)) {
          // Between two queries the reader may be long at work.
          await sql`set local idle_in_transaction_session_timeout = 0`.execute(tx);
          // Before the first query, which fixes the moment: rows of a table that replaced another later would be unseen.
          for (const table of tables) await sql`lock table ${sql.table(table)} in access share mode`.execute(tx);
        }
        return work(tx);
      });
  }

  /**
   * Keeps the other writers of a table out until the transaction ends, and waits for those that are in it; readers go
   * on. To be asked for first of all in a transaction, which then waits for no lock of a table for more than a second.
   * SQLite has one writer at a time anyway.
   * @throws DatabaseUnavailable when others are in it for longer.
   */
  lock(tx: Kysely<Tables>, table: keyof Tables & string): Promise<void> {
    return this.engine.lock(tx, table);
  }

  /**
   * Runs small relaxed work cheaply: on SQLite in one transaction with whatever else arrives in the same turn of the
   * event loop. On PostgreSQL each statement is by itself, since one that fails would void those of others. So each
   * has to be right by itself, whatever other processes write in between.
   */
  together<T>(work: (database: Kysely<Tables>) => Promise<T>): Promise<T> {
    return this.engine.name === 'sqlite' ? this.#together.run(work) : work(this.writer);
  }

  /**
   * A query that is asked often: built once and then only given other parameters, since building and dispatching one
   * costs several times what running it does.
   * @returns a function that takes the parameters in the order in which they stand in the query.
   */
  prepare<Row>(query: CompiledQuery<Row>): (parameters: readonly unknown[]) => Promise<Row[]> {
    return (parameters) => this.engine.run(query.sql, parameters) as Promise<Row[]>;
  }

  /**
   * Asks whether it answers, and of a server whether it takes writes.
   * @throws DatabaseUnavailable
   */
  probe(): Promise<void> {
    return this.engine.probe();
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
    await this.engine.close();
  }
}
