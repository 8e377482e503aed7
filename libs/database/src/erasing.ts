import { type Kysely, sql } from 'kysely';
import { isPostgres } from './dialect';

/**
 * Runs a deletion of which nothing is to stay in the free space of the file. In SQLite's write-ahead log it stays until
 * that is written over; PostgreSQL takes its space at the next vacuum.
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
