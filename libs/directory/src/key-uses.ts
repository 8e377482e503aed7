import type { Database } from '@connections/database/database';
import type { DirectoryTables } from './directory.tables';
import { LastSeen } from './last-seen';

/** How long the use of a key is not written again, in milliseconds. */
const WRITTEN_EVERY = 60_000;

/**
 * When keys were last used. Written in the background, about once a minute per key and process; a failed write is
 * ignored.
 */
export class KeyUses {
  readonly #seen = new LastSeen(WRITTEN_EVERY);

  constructor(private readonly database: Database<DirectoryTables>) {}

  /** @param now in milliseconds since 1970. */
  note({ id, last_used_at: last }: Pick<DirectoryTables['api_keys'], 'id' | 'last_used_at'>, now: number): void {
    if (!this.#seen.isDue(id, last, now)) return;
    this.#write(id, new Date(now).toISOString()).catch(() => this.#seen.forget(id));
  }

  async #write(id: string, at: string): Promise<void> {
    await this.database.together((database) =>
      database
        .updateTable('api_keys')
        .set({ last_used_at: at })
        .where('id', '=', id)
        .where((where) => where.or([where('last_used_at', 'is', null), where('last_used_at', '<', at)]))
        .execute(),
    );
  }
}
