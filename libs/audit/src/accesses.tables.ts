import type { Kysely } from 'kysely';
import { textOf } from '@connections/database/dialect';
import type { Migrations } from '@connections/database/migrate';

/** Who read or exported what. Rows are added and never changed or removed. Times are ISO-8601 UTC. */
export interface AccessTables {
  accesses: {
    id: string;
    at: string;
    kind: string;
    /** Null for the operator, who needs no credential at the command line. */
    credential_id: string | null;
    /** The organization that the credential speaks for; null for the platform and the operator. */
    organization_id: string | null;
    role: string;
    /** `connection`, `organization` or `everything`. */
    subject_type: string;
    /** Null for everything. */
    subject_id: string | null;
    /** Both parties of a connection; for an organization's access, the organization and null; null for everything. */
    first_organization_id: string | null;
    second_organization_id: string | null;
    /** Null at the command line. */
    request_id: string | null;
    /** The request: method, path and query, or the command. */
    request: string;
    /** `given`, or `begun` for an access that takes time: its end is in `access_ends`. */
    outcome: string;
    /** How many events, or other items of a list, were given; null for a single one, and until it has ended. */
    items: number | null;
  };
  access_ends: {
    /** The id of the access. */
    id: string;
    at: string;
    /** `completed` or `broken-off`. */
    outcome: string;
    items: number | null;
  };
}

export const accessMigrations: Migrations = {
  '0007-accesses': {
    async up(db: Kysely<unknown>) {
      const text = textOf(db);
      await db.schema
        .createTable('accesses')
        .addColumn('id', text, (column) => column.primaryKey())
        .addColumn('at', text, (column) => column.notNull())
        .addColumn('kind', text, (column) => column.notNull())
        .addColumn('credential_id', text)
        .addColumn('organization_id', text)
        .addColumn('role', text, (column) => column.notNull())
        .addColumn('subject_type', text, (column) => column.notNull())
        .addColumn('subject_id', text)
        .addColumn('first_organization_id', text)
        .addColumn('second_organization_id', text)
        .addColumn('request_id', text)
        .addColumn('request', text, (column) => column.notNull())
        .addColumn('outcome', text, (column) => column.notNull())
        .addColumn('items', 'integer')
        .execute();
      await db.schema
        .createTable('access_ends')
        .addColumn('id', text, (column) => column.primaryKey())
        .addColumn('at', text, (column) => column.notNull())
        .addColumn('outcome', text, (column) => column.notNull())
        .addColumn('items', 'integer')
        .execute();
      // Each list, of all or of one organization, reads along one of these, newest first.
      const index = (name: string, column: string | null): Promise<void> =>
        db.schema
          .createIndex(`accesses_${name}`)
          .on('accesses')
          .columns([...(column === null ? [] : [column]), 'at', 'id'])
          .execute();
      await index('newest', null);
      await index('credential', 'credential_id');
      await index('first', 'first_organization_id');
      await index('second', 'second_organization_id');
      await index('subject', 'subject_type');
    },
  },
  // The records about one organization, or about everything, of one kind. Without the kind a walk for those that are
  // rare would pass by all the others.
  '0014-accesses-of-subject': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createIndex('accesses_of_subject')
        .on('accesses')
        .columns(['subject_type', 'subject_id', 'kind', 'at', 'id'])
        .execute();
      await db.schema.dropIndex('accesses_subject').execute();
    },
  },
};
