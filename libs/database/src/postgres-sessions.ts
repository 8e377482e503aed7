import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { codeOf, explained, isLost, unavailable } from './postgres-errors';

/** Statements that a connection keeps prepared. */
const PREPARED_STATEMENTS = 200;

/**
 * The driver's pool as the query builder uses it, and three things more: statements with parameters are prepared
 * once a connection, errors of a database that is away are told apart, and a connection that failed is not used again.
 */
export class PostgresSessions implements PostgresPool {
  readonly options: object;
  readonly #statements = new PreparedStatements();
  #ending: Promise<void> | undefined;

  constructor(private readonly pool: Pool) {
    this.options = pool.options;
  }

  /** @throws DatabaseUnavailable */
  async connect(): Promise<Session> {
    try {
      return new Session(await this.pool.connect(), this.#statements);
    } catch (error) {
      throw unavailable(error);
    }
  }

  /** Runs one statement on whichever connection is free. */
  async query(sql: string, parameters: readonly unknown[]): Promise<unknown[]> {
    const session = await this.connect();
    try {
      return (await session.run(sql, parameters)).rows;
    } finally {
      session.release();
    }
  }

  /** May be called again. */
  end(): Promise<void> {
    return (this.#ending ??= this.pool.end());
  }
}

class Session implements PostgresPoolClient {
  #isLost = false;

  constructor(
    private readonly client: PoolClient,
    private readonly statements: PreparedStatements,
  ) {}

  /** The query builder's other form of this takes a cursor, and is for streaming, which nobody asks for. */
  query = this.run.bind(this) as PostgresPoolClient['query'];

  async run<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    try {
      return await this.#try<R>(sql, parameters);
    } catch (error) {
      if (!this.statements.isOutdated(sql, error)) throw explained(error);
      // Within a transaction the first error has ended it, and is what is to be told.
      return this.#try<R>(sql, parameters).catch(() => {
        throw error;
      });
    }
  }

  release = (destroy = false): void => {
    this.client.release(destroy || this.#isLost);
  };

  async #try<R>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    // What was given up waiting for would otherwise be waited for again.
    if (this.#isLost) throw new Error('Client has encountered a connection error');
    const values = [...parameters];
    const name = values.length > 0 ? this.statements.nameOf(text) : undefined;
    try {
      return (await this.client.query({ text, values, ...(name && { name }) })) as unknown as PostgresQueryResult<R>;
    } catch (error) {
      this.#isLost ||= isLost(error);
      throw error;
    }
  }
}

/** The names under which statements are prepared. */
class PreparedStatements {
  readonly #names = new Map<string, string>();
  #named = 0;

  /** The same name for the same text; none for those that come when there are many already. */
  nameOf(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size >= PREPARED_STATEMENTS) return known;
    return this.#rename(text);
  }

  /**
   * A table that was replaced by one of another form leaves statements behind that PostgreSQL will not run any more.
   * @returns whether this is such an error; the statement has a new name by then.
   */
  isOutdated(text: string, error: unknown): boolean {
    if (codeOf(error) !== '0A000' || !this.#names.has(text)) return false;
    this.#rename(text);
    return true;
  }

  #rename(text: string): string {
    const name = `s${(this.#named += 1)}`;
    this.#names.set(text, name);
    return name;
  }
}
