import type { Kysely } from 'kysely';
import { textOf } from '@connections/database/dialect';
import type { Migrations } from '@connections/database/migrate';

/** What was signed about the log, the keys that may sign, and where it was delivered. Not rebuilt from the log. */
export interface CheckpointTables {
  checkpoints: {
    /** How many events the tree had. */
    size: number;
    /** The complete signed note. */
    note: string;
  };
  /** Every key that ever signed, so that old checkpoints can be verified. */
  audit_keys: {
    /** `<name>+<id>+<base64>`, as verifiers read it. */
    line: string;
    /** ISO-8601 UTC. */
    known_since: string;
    /** ISO-8601 UTC; null while it signs. */
    retired_at: string | null;
  };
  /** How far checkpoints were delivered to each outside place, one row a place. */
  checkpoint_deliveries: {
    target: string;
    /** Every checkpoint up to this size was delivered. */
    size: number;
  };
}

export const checkpointMigrations: Migrations = {
  '0006-checkpoints': {
    async up(db: Kysely<unknown>) {
      const text = textOf(db);
      await db.schema
        .createTable('checkpoints')
        .addColumn('size', 'bigint', (column) => column.primaryKey())
        .addColumn('note', text, (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('audit_keys')
        .addColumn('line', text, (column) => column.primaryKey())
        .addColumn('known_since', text, (column) => column.notNull())
        .addColumn('retired_at', text)
        .execute();
      await db.schema
        .createTable('checkpoint_deliveries')
        .addColumn('target', text, (column) => column.primaryKey())
        .addColumn('size', 'bigint', (column) => column.notNull())
        .execute();
    },
  },
};
