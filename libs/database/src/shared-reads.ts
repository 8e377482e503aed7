import type { Database } from 'better-sqlite3';
import type { SqliteDatabase } from 'kysely';

/**
 * Runs the queries of one turn of the event loop together, at the end of the turn and as of one moment. Taking and
 * releasing the lock of the file costs more than a small query.
 */
export class SharedReads {
  #asked: Asked[] = [];

  /** @param statements prepared on the same connection. */
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
      // After some faults SQLite has already ended it by itself.
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
