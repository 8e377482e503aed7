import type { Kysely } from 'kysely';
import { textOf } from '@connections/database/dialect';
import type { Migrations } from '@connections/database/migrate';

/** The answers to requests that carried an idempotency key. */
export interface IdempotencyTables {
  idempotency: {
    /** The organization that the key belongs to; `platform` for platform credentials. */
    scope: string;
    key: string;
    /** SHA-256 of method, path, query, If-Match and body: a different request with the same key is refused. */
    fingerprint: string;
    /** The try that is carrying it out. The claim expires at `claimed_until`. */
    claimed_by: string;
    /** Milliseconds since 1970. */
    claimed_until: number;
    /** Milliseconds since 1970. */
    created_at: number;
    /** Null while the first request is under way. */
    status: number | null;
    /** JSON: the headers that belong to the answer. */
    headers: string | null;
    /** JSON: the body of the answer, with its keys in the API's default case. */
    body: string | null;
  };
}

export const idempotencyMigrations: Migrations = {
  '0003-idempotency': {
    async up(db: Kysely<unknown>) {
      const text = textOf(db);
      await db.schema
        .createTable('idempotency')
        .addColumn('scope', text, (column) => column.notNull())
        .addColumn('key', text, (column) => column.notNull())
        .addColumn('fingerprint', text, (column) => column.notNull())
        .addColumn('claimed_by', text, (column) => column.notNull())
        .addColumn('claimed_until', 'bigint', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('status', 'integer')
        .addColumn('headers', text)
        .addColumn('body', text)
        .addPrimaryKeyConstraint('idempotency_key', ['scope', 'key'])
        .execute();
      await db.schema.createIndex('idempotency_created').on('idempotency').column('created_at').execute();
    },
  },
};
