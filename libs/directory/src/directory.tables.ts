import type { Kysely } from 'kysely';
import { textOf } from '@connections/database/dialect';
import type { Migrations } from '@connections/database/migrate';

/** Organizations and credentials: plain rows, not event-sourced. Times are ISO-8601 UTC. */
export interface DirectoryTables {
  organizations: {
    id: string;
    name: string;
    created_at: string;
    /** Identifies the request that created the row, so that a retry finds it instead of creating another. */
    request: string | null;
  };
  api_keys: {
    id: string;
    /** Null for a platform credential. */
    organization_id: string | null;
    role: string;
    name: string;
    /** SHA-256 of the secret, lower-case hex. The secret itself is stored nowhere. */
    secret_hash: string;
    created_at: string;
    expires_at: string | null;
    revoked_at: string | null;
    /** Accurate to about a minute. */
    last_used_at: string | null;
    request: string | null;
  };
}

export const directoryMigrations: Migrations = {
  '0002-directory': {
    async up(db: Kysely<unknown>) {
      const text = textOf(db);
      await db.schema
        .createTable('organizations')
        .addColumn('id', text, (column) => column.primaryKey())
        .addColumn('name', text, (column) => column.notNull())
        .addColumn('created_at', text, (column) => column.notNull())
        .addColumn('request', text, (column) => column.unique())
        .execute();
      await db.schema.createIndex('organizations_created').on('organizations').columns(['created_at', 'id']).execute();
      await db.schema
        .createTable('api_keys')
        .addColumn('id', text, (column) => column.primaryKey())
        .addColumn('organization_id', text, (column) => column.references('organizations.id'))
        .addColumn('role', text, (column) => column.notNull())
        .addColumn('name', text, (column) => column.notNull())
        .addColumn('secret_hash', text, (column) => column.notNull())
        .addColumn('created_at', text, (column) => column.notNull())
        .addColumn('expires_at', text)
        .addColumn('revoked_at', text)
        .addColumn('request', text, (column) => column.unique())
        .execute();
      await db.schema
        .createIndex('api_keys_organization')
        .on('api_keys')
        .columns(['organization_id', 'created_at', 'id'])
        .execute();
    },
  },
  '0011-api-key-use': {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable('api_keys').addColumn('last_used_at', textOf(db)).execute();
    },
  },
};
