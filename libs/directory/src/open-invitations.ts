import type { Kysely } from 'kysely';
import type { PeopleTables } from './people.tables';

/** An update of the invitations of an address that can still be accepted. */
export const openInvitations = (tx: Kysely<PeopleTables>, now: string) =>
  tx
    .updateTable('invitations')
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now);
