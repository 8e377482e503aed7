import type { Kysely } from 'kysely';
import { textOf } from '@connections/database/dialect';
import type { Migrations } from '@connections/database/migrate';

/** What was signed about the log, who may have signed it, and where it was brought. Not disposable. */
export interface CheckpointTables {
  checkpoints: {
    /** How many events the tree had. */
    size: number;
    /** The signed note, whole. */
    note: string;
  };
  /** Every key that ever signed, for those who verify old checkpoints. */
  audit_keys: {
    /** `<name>+<id>+<base64>`, as verifiers read it. */
    line: string;
    /** ISO-8601 UTC. */
    known_since: string;
    /** ISO-8601 UTC; null while it signs. */
    retired_at: string | null;
  };
  /** How far the checkpoints were brought to a place outside, one row a place. */
  checkpoint_deliveries: {
    target: string;
    /** Every checkpoint up to this size is there. */
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
