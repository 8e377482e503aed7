import { type Kysely, sql } from 'kysely';
import { isPostgres } from './dialect';

/**
 * Runs a deletion of which as little as can be is to stay in the free space of the file. In SQLite's write-ahead log it
 * stays until that is written over, and where SQLite had moved the row before, a copy may stay until a `vacuum`, as all
 * of it does on PostgreSQL.
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
