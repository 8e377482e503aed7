import { sql } from 'kysely';
import type { Database } from '@connections/database/database';
import { isPostgres } from '@connections/database/dialect';
import { erasing } from '@connections/database/erasing';
import type { Position } from '@connections/event-store/event-store';
import type { IdempotencyTables } from './idempotency.tables';

/**
 * Deletes the remembered answers to commands whose events lie behind the end of the log. Otherwise, where an older log
 * is gone on with, a retry of a lost command would be told that it took effect.
 * @param head the last event of the log that is gone on with.
 * @returns how many were deleted.
 */
export async function forgetLostAnswers(database: Database<IdempotencyTables>, head: Position): Promise<number> {
  const headers = isPostgres(database.writer) ? sql`headers::json` : sql`headers`;
  return database.transaction('durable', async (tx) => {
    const forgetting = tx.deleteFrom('idempotency').where(sql<string>`${headers} ->> 'connect-position'`, '>', head);
    // An answer may contain a text.
    const { numDeletedRows } = await erasing(tx, () => forgetting.executeTakeFirst());
    return Number(numDeletedRows);
  });
}
