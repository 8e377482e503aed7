import { join } from 'node:path';
import type { Visit, Visited } from './browser.ts';
import { Child } from './child.mts';

const root = join(import.meta.dirname, '..', '..');
const RUN_TYPESCRIPT = join(root, 'libs', 'event-store', 'src', 'testing', 'run-typescript.cjs');

const start = (program: string): Child => new Child(RUN_TYPESCRIPT, [join(root, 'test', program)]);

/** A server of EventStoreDB's protocol: test equipment with its log in memory, and no database. */
export class WireServer {
  readonly #process = start('support/eventstoredb/process-main.ts');

  get pid(): number {
    return this.#process.pid;
  }

  /** @returns the connection string. */
  async start(): Promise<string> {
    const answer = await this.#process.ask<{ result: { connectionString: string } } | { error: string }>({
      id: 1,
      method: 'start',
      args: [{}],
    });
    if ('error' in answer) throw new Error(answer.error);
    return answer.result.connectionString;
  }

  stop(): void {
    this.#process.stop();
  }
}

/** A real PostgreSQL server that waits for the disk where it is asked to (`fsync=on`); its files are temporary. */
export class PostgresServer {
  readonly #process = start('bench/postgres-server.ts');

  /** @returns the URL of a new and empty database, which outlives the others only until `stop`. */
  async createDatabase(): Promise<string> {
    return (await this.#process.ask<{ url: string }>({})).url;
  }

  stop(): void {
    this.#process.stop();
  }
}

/** A real Chromium. */
export class Browser {
  readonly #process = start('bench/browser.ts');

  visit(visit: Visit): Promise<Visited> {
    return this.#process.ask<Visited>(visit);
  }

  stop(): void {
    this.#process.stop();
  }
}
