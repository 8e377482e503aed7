import type { Database } from 'better-sqlite3';
import type { SqliteDatabase } from 'kysely';

/**
 * Runs the queries of one turn of the event loop at its end, all of them at one moment. Taking and giving back the lock
 * of a file that is read costs more than a small query, and those whose answers are ready together are answered together.
 */
export class SharedReads {
  #asked: Asked[] = [];

  /** @param statements of the same connection, prepared once. */
  constructor(
    private readonly connection: Database,
    private readonly statements: SqliteDatabase,
  ) {}

  run(sql: string, parameters: readonly unknown[]): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      if (this.#asked.length === 0) setImmediate(() => this.#read());
      this.#asked.push({ sql, parameters, resolve, reject });
    });
  }

  #read(): void {
    const asked = this.#asked;
    this.#asked = [];
    try {
      const isShared = asked.length > 1 && !this.connection.inTransaction;
      if (isShared) this.#say('begin');
      for (const query of asked) this.#answer(query);
      // After some faults SQLite has ended it by itself.
      if (isShared && this.connection.inTransaction) this.#say('commit');
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }

  #answer({ sql, parameters, resolve, reject }: Asked): void {
    try {
      resolve(this.statements.prepare(sql).all(parameters));
    } catch (error) {
      reject(error);
    }
  }

  #say(sql: 'begin' | 'commit'): void {
    this.statements.prepare(sql).run([]);
  }
}

interface Asked {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  readonly resolve: (rows: unknown[]) => void;
  readonly reject: (error: unknown) => void;
}
