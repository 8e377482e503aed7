import { type Kysely, sql } from 'kysely';
import { isPostgres } from './dialect';

/**
 * Runs a deletion so that as little as possible of the deleted data stays in free space of the file. In SQLite's
 * write-ahead log it stays until overwritten; and a copy may stay until a `vacuum` if SQLite had moved the row before.
 * On PostgreSQL all of it stays until then.
 */
export async function erasing<Tables, T>(tx: Kysely<Tables>, deletion: () => Promise<T>): Promise<T> {
  if (isPostgres(tx)) return deletion();
  await sql`pragma secure_delete = on`.execute(tx);
  try {
    return await deletion();
  } finally {
    await sql`pragma secure_delete = fast`.execute(tx);
  }
}
