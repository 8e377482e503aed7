import type { Kysely } from 'kysely';
import { textOf } from '@connections/database/dialect';
import type { Migrations } from '@connections/database/migrate';

/** People, their memberships, and how they sign in. Times are ISO-8601 UTC. */
export interface PeopleTables {
  people: {
    id: string;
    name: string;
    /** In lower case, so that each belongs to one person. */
    email: string;
    /** In argon2's format; null for a person who only signs in through a provider. */
    password_hash: string | null;
    /** The person's identity at the provider of single sign-on; both or neither. */
    issuer: string | null;
    subject: string | null;
    created_at: string;
  };
  memberships: {
    organization_id: string;
    person_id: string;
    role: string;
    joined_at: string;
    /** When the person last acted for the organization, to about a minute. */
    last_seen_at: string | null;
  };
  invitations: {
    id: string;
    organization_id: string;
    email: string;
    role: string;
    /** SHA-256 of the token in the link, lower-case hex. The token itself is stored nowhere. */
    token_hash: string;
    /** The credential or person who invited; null for the operator. */
    created_by: string | null;
    created_at: string;
    expires_at: string;
    accepted_at: string | null;
    accepted_by: string | null;
    revoked_at: string | null;
    request: string | null;
  };
  sessions: {
    id: string;
    person_id: string;
    /** SHA-256 of the token, lower-case hex. The token itself is stored nowhere. */
    token_hash: string;
    created_at: string;
    /** Accurate to about a minute; the session expires some time after it. */
    last_seen_at: string;
    /** When the session ends, however much it is used. */
    expires_at: string;
  };
}

export const peopleMigrations: Migrations = {
  '0010-people': {
    async up(db: Kysely<unknown>) {
      const text = textOf(db);
      await db.schema
        .createTable('people')
        .addColumn('id', text, (column) => column.primaryKey())
        .addColumn('name', text, (column) => column.notNull())
        .addColumn('email', text, (column) => column.notNull().unique())
        .addColumn('password_hash', text)
        .addColumn('issuer', text)
        .addColumn('subject', text)
        .addColumn('created_at', text, (column) => column.notNull())
        .addUniqueConstraint('people_subject', ['issuer', 'subject'])
        .execute();
      await db.schema
        .createTable('memberships')
        .addColumn('organization_id', text, (column) => column.notNull().references('organizations.id'))
        .addColumn('person_id', text, (column) => column.notNull().references('people.id'))
        .addColumn('role', text, (column) => column.notNull())
        .addColumn('joined_at', text, (column) => column.notNull())
        .addColumn('last_seen_at', text)
        .addPrimaryKeyConstraint('memberships_key', ['organization_id', 'person_id'])
        .execute();
      await db.schema.createIndex('memberships_person').on('memberships').column('person_id').execute();
      await db.schema
        .createTable('invitations')
        .addColumn('id', text, (column) => column.primaryKey())
        .addColumn('organization_id', text, (column) => column.notNull().references('organizations.id'))
        .addColumn('email', text, (column) => column.notNull())
        .addColumn('role', text, (column) => column.notNull())
        .addColumn('token_hash', text, (column) => column.notNull().unique())
        .addColumn('created_by', text)
        .addColumn('created_at', text, (column) => column.notNull())
        .addColumn('expires_at', text, (column) => column.notNull())
        .addColumn('accepted_at', text)
        .addColumn('accepted_by', text)
        .addColumn('revoked_at', text)
        .addColumn('request', text, (column) => column.unique())
        .execute();
      await db.schema
        .createIndex('invitations_organization')
        .on('invitations')
        .columns(['organization_id', 'created_at', 'id'])
        .execute();
      await db.schema.createIndex('invitations_email').on('invitations').column('email').execute();
      await db.schema
        .createTable('sessions')
        .addColumn('id', text, (column) => column.primaryKey())
        .addColumn('person_id', text, (column) => column.notNull().references('people.id'))
        .addColumn('token_hash', text, (column) => column.notNull().unique())
        .addColumn('created_at', text, (column) => column.notNull())
        .addColumn('last_seen_at', text, (column) => column.notNull())
        .addColumn('expires_at', text, (column) => column.notNull())
        .execute();
      await db.schema.createIndex('sessions_person').on('sessions').column('person_id').execute();
      await db.schema.createIndex('sessions_expiry').on('sessions').column('expires_at').execute();
    },
  },
};
