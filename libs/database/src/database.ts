import { type CompiledQuery, type Kysely, sql } from 'kysely';
import { isPostgres } from './dialect';
import { Together } from './together';

/** Whether a write survives a power failure, or only a killed process. */
export type Durability = 'durable' | 'relaxed';

/** The connections of this process to a database server. */
export interface Pool {
  readonly totalCount: number;
  /** Connections that are not in use. */
  readonly idleCount: number;
  /** Callers that wait for a connection. */
  readonly waitingCount: number;
}

/** What differs between the databases. */
export interface Engine {
  readonly name: 'sqlite' | 'postgres';
  /** Runs all of `work` or none of it; see `Database.transaction`. */
  transaction<Tables, T>(
    writer: Kysely<Tables>,
    durability: Durability,
    work: (tx: Kysely<Tables>) => Promise<T>,
  ): Promise<T>;
  /** Blocks other writers of a table until the transaction ends; see `Database.lock`. */
  lock<Tables>(tx: Kysely<Tables>, table: string): Promise<void>;
  /** See `Database.probe`. */
  probe(): Promise<void>;
  /** Runs a compiled query on the reading side, bypassing the query builder. */
  run(sql: string, parameters: readonly unknown[]): Promise<unknown[]>;
  /**
   * A number that changes whenever anything is committed, by any process. It is at most as new as what is read after
   * it. Undefined for a server, where asking costs as much as reading.
   */
  readonly version?: () => Promise<number>;
  /** Undefined for a file. */
  readonly pool?: Pool;
  /** Closes all connections, used or not; may be called again. */
  close(): Promise<void>;
}

/**
 * The relational side: read models, the directory and idempotency records. Reads and writes use separate connections,
 * so that a long write never delays a read; a server separates them by itself. Generic in the tables that the holder
 * uses.
 */
export class Database<Tables> {
  readonly #together = new Together<Tables>((work) => this.transaction('relaxed', work));

  constructor(
    /** For queries only. Sees everything that is committed. */
    readonly reader: Kysely<Tables>,
    /** Writes as durably as `relaxed`: the last ones may be lost in a power failure. See `transaction` for others. */
    readonly writer: Kysely<Tables>,
    readonly engine: Engine,
  ) {}

  /**
   * Runs all of `work` or none of it. Begin `work` with a write: SQLite may refuse a transaction that reads first and
   * writes later if another process wrote in between, and on PostgreSQL what was read may have changed.
   * @param durability `relaxed` for data that can be recomputed, or recognised again, from the log.
   */
  transaction<T>(durability: Durability, work: (tx: Kysely<Tables>) => Promise<T>): Promise<T> {
    return this.engine.transaction(this.writer, durability, work);
  }

  /**
   * Reads some tables as of one moment, in as many queries and for as long as needed. Writers go on meanwhile, but
   * cannot replace one of these tables by another. On SQLite this process's other reads wait, or see the same moment if
   * they are prepared, and the write-ahead log grows until this ends.
   */
  snapshot<T>(tables: readonly (keyof Tables & string)[], work: (tx: Kysely<Tables>) => Promise<T>): Promise<T> {
    return this.reader
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute(async (tx) => {
        if (isPostgres(tx)) {
          // The reader may work for long between two queries.
          await sql`set local idle_in_transaction_session_timeout = 0`.execute(tx);
          // Before the first query, which fixes the moment: if a table were replaced after that, the rows of the new
          // one would be invisible.
          for (const table of tables) await sql`lock table ${sql.table(table)} in access share mode`.execute(tx);
        }
        return work(tx);
      });
  }

  /**
   * Blocks other writers of a table until the transaction ends, after waiting for those under way; readers go on. Call
   * it first in a transaction, which from then on waits for no table lock for more than a second. SQLite has one writer
   * at a time anyway.
   * @throws DatabaseUnavailable when other writers hold the table for longer.
   */
  lock(tx: Kysely<Tables>, table: keyof Tables & string): Promise<void> {
    return this.engine.lock(tx, table);
  }

  /**
   * Runs small relaxed work cheaply: on SQLite in one transaction with whatever else arrives in the same turn of the
   * event loop. On PostgreSQL each statement runs by itself, since a failing one would abort the others. So each
   * statement has to be correct by itself, whatever other processes write in between.
   */
  together<T>(work: (database: Kysely<Tables>) => Promise<T>): Promise<T> {
    return this.engine.name === 'sqlite' ? this.#together.run(work) : work(this.writer);
  }

  /**
   * Prepares a frequent query, which is then run with changing parameters: building and dispatching a query costs
   * several times as much as running it.
   * @returns a function that takes the parameters in the order in which they stand in the query.
   */
  prepare<Row>(query: CompiledQuery<Row>): (parameters: readonly unknown[]) => Promise<Row[]> {
    return (parameters) => this.engine.run(query.sql, parameters) as Promise<Row[]>;
  }

  /**
   * Checks that the database answers, that a server accepts writes, and that a file is still in its place.
   * @throws DatabaseUnavailable
   */
  probe(): Promise<void> {
    return this.engine.probe();
  }

  /** The same database, typed with other tables. */
  as<Others>(): Database<Others> {
    return this as unknown as Database<Others>;
  }

  /** Closes all connections after the work under way is finished. */
  async close(): Promise<void> {
    await this.reader.destroy();
    await this.writer.destroy();
    // Kysely closes only what was used.
    await this.engine.close();
  }
}
