import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { codeOf, explained, isLost, unavailable } from './postgres-errors';

/** The most statements that a connection keeps prepared. */
const PREPARED_STATEMENTS = 200;

/**
 * The driver's pool in the form that the query builder uses, with three additions: statements with parameters are
 * prepared once for each connection, errors of an unavailable database are converted, and a connection that failed is
 * not used again.
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

  /** Runs one statement on any free connection. */
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

  /** The query builder's other overload takes a cursor for streaming, which is not used here. */
  query = this.run.bind(this) as PostgresPoolClient['query'];

  async run<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    try {
      return await this.#try<R>(sql, parameters);
    } catch (error) {
      if (!this.statements.isOutdated(sql, error)) throw explained(error);
      // Within a transaction the retry fails as well, and the first error is the one to report.
      return this.#try<R>(sql, parameters).catch(() => {
        throw error;
      });
    }
  }

  release = (destroy = false): void => {
    this.client.release(destroy || this.#isLost);
  };

  async #try<R>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    // Otherwise the late answer that was given up would be waited for once more.
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

/** The names of prepared statements. */
class PreparedStatements {
  readonly #names = new Map<string, string>();
  #named = 0;

  /** One name for each text; undefined once the limit is reached. */
  nameOf(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size >= PREPARED_STATEMENTS) return known;
    return this.#rename(text);
  }

  /**
   * After a table was replaced by one of another form, PostgreSQL refuses to run statements prepared before.
   * @returns whether this is such an error; if so, the statement has been given a new name.
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
