import type { Kysely } from 'kysely';
import type { Database } from '@connections/database/database';
import { newestFirst, type PageRequest } from './creation-order';
import type { DirectoryTables } from './directory.tables';
import { newId } from './identifiers';
import { addMembership, type Memberships } from './memberships';
import { openInvitations } from './open-invitations';
import { holdOrganization } from './organizations';
import { addPerson, emailOf, type NewPerson, type Person, toPerson } from './people';
import type { PeopleTables } from './people.tables';
import { forgottenBefore, type Settle, unsettled } from './retries';
import type { OrganizationRole } from './roles';
import { hashOf, isSecret, newSecret } from './secrets';

/** An invitation to join an organization, without its token. Times are ISO-8601 UTC. */
export interface Invitation {
  /** `inv_…` */
  readonly id: string;
  readonly organizationId: string;
  /** In lower case. */
  readonly email: string;
  readonly role: OrganizationRole;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly acceptedAt: string | null;
  readonly revokedAt: string | null;
}

export interface NewInvitation {
  readonly organizationId: string;
  readonly email: string;
  readonly role: OrganizationRole;
  /** The credential or person who invites; null for the operator. */
  readonly by: string | null;
}

export type InvitationState = 'open' | 'accepted' | 'revoked' | 'expired';

/** The present state of an invitation. */
export function stateOf({ acceptedAt, revokedAt, expiresAt }: Invitation, now: Date): InvitationState {
  if (acceptedAt !== null) return 'accepted';
  if (revokedAt !== null) return 'revoked';
  return expiresAt <= now.toISOString() ? 'expired' : 'open';
}

/** The person with this e-mail address is already a member of the organization. */
export class AlreadyMember extends Error {}

/** The invitation can no longer be accepted. */
export class InvitationEnded extends Error {
  constructor(readonly state: Exclude<InvitationState, 'open'>) {
    super(ENDS[state]);
  }
}

const ENDS: Record<InvitationEnded['state'], string> = {
  accepted: 'This invitation was accepted already, and works once.',
  revoked: 'This invitation was revoked.',
  expired: 'This invitation has expired. Ask for a new one.',
};

/** How long an invitation can be accepted, in milliseconds. */
const OPEN_FOR = 7 * 24 * 3_600_000;

type Tables = DirectoryTables & PeopleTables;
type Row = PeopleTables['invitations'];

/** Invitations: a link that is shown once, stored as a hash, and works once. */
export class Invitations {
  constructor(
    private readonly database: Database<Tables>,
    private readonly memberships: Memberships,
  ) {}

  /**
   * Invites somebody. An earlier open invitation of the same address to the same organization is revoked.
   * @param request identifies the request: its retry gets the same invitation with a new token, since the first one is
   * stored nowhere and nobody received it.
   * @returns the invitation, and its token: the only time that it can be seen.
   * @throws AlreadyMember
   */
  async create(
    terms: NewInvitation,
    at: Date,
    request: string | null = null,
    settle: Settle<Invitation> = unsettled,
  ): Promise<{ invitation: Invitation; token: string }> {
    const token = newSecret();
    const email = emailOf(terms.email);
    const now = at.toISOString();
    const row = {
      id: newId('inv'),
      organization_id: terms.organizationId,
      email,
      role: terms.role,
      token_hash: hashOf(token),
      created_by: terms.by,
      created_at: now,
      expires_at: new Date(at.getTime() + OPEN_FOR).toISOString(),
      accepted_at: null,
      accepted_by: null,
      revoked_at: null,
      request,
    };
    const stored = await this.database.transaction('durable', async (tx) => {
      // Serializes concurrent invitations, so that each sees those before it.
      await holdOrganization(tx, terms.organizationId);
      await tx
        .updateTable('invitations')
        .set({ request: null })
        .where('request', '=', request)
        .where((where) =>
          where.or([
            where('created_at', '<', forgottenBefore(at)),
            where('accepted_at', 'is not', null),
            where('revoked_at', 'is not', null),
          ]),
        )
        .execute();
      const member = await tx
        .selectFrom('memberships')
        .innerJoin('people', 'people.id', 'memberships.person_id')
        .select('person_id')
        .where('organization_id', '=', terms.organizationId)
        .where('email', '=', email)
        .executeTakeFirst();
      if (member) throw new AlreadyMember(`${email} belongs to the organization already.`);
      const made = await tx
        .insertInto('invitations')
        .values(row)
        .onConflict((conflict) => conflict.column('request').doUpdateSet({ token_hash: row.token_hash }))
        .returningAll()
        .executeTakeFirstOrThrow();
      await openInvitations(tx, now)
        .set({ revoked_at: now })
        .where('email', '=', email)
        .where('organization_id', '=', terms.organizationId)
        .where('id', '!=', made.id)
        .execute();
      await settle(tx, toInvitation(made));
      return made;
    });
    return { invitation: toInvitation(stored), token };
  }

  /** Newest first. */
  async list(organizationId: string, page: PageRequest & { readonly openAt?: Date }): Promise<Invitation[]> {
    let query = this.database.reader
      .selectFrom('invitations')
      .selectAll()
      .where('organization_id', '=', organizationId);
    const { openAt } = page;
    if (openAt) {
      query = query
        .where('accepted_at', 'is', null)
        .where('revoked_at', 'is', null)
        .where('expires_at', '>', openAt.toISOString());
    }
    return (await newestFirst(query, page).execute()).map(toInvitation);
  }

  /** The invitation with this token; null when it is malformed or unknown. */
  async findByToken(token: string): Promise<Invitation | null> {
    if (!isSecret(token)) return null;
    const row = await this.database.reader
      .selectFrom('invitations')
      .selectAll()
      .where('token_hash', '=', hashOf(token))
      .executeTakeFirst();
    return row ? toInvitation(row) : null;
  }

  /**
   * Revokes an invitation. One that was already revoked keeps its time of revocation.
   * @returns null when the organization has no such invitation.
   * @throws InvitationEnded when it was accepted: then there is a member to remove instead.
   */
  async revoke(
    organizationId: string,
    id: string,
    at: Date,
    settle: Settle<Invitation> = unsettled,
  ): Promise<Invitation | null> {
    return this.database.transaction('durable', async (tx) => {
      const row = await tx
        .updateTable('invitations')
        .set((where) => ({ revoked_at: where.fn.coalesce('revoked_at', where.val(at.toISOString())) }))
        .where('id', '=', id)
        .where('organization_id', '=', organizationId)
        .returningAll()
        .executeTakeFirst();
      if (!row) return null;
      // Throwing rolls the change back.
      if (row.accepted_at !== null) throw new InvitationEnded('accepted');
      const revoked = toInvitation(row);
      await settle(tx, revoked);
      return revoked;
    });
  }

  /**
   * Adds an existing or a new person to the organization. Works once, even for two concurrent calls.
   * @throws InvitationEnded; EmailTaken when a new person's e-mail address has become known meanwhile.
   */
  async accept(id: string, who: { readonly personId: string } | NewPerson, at: Date): Promise<Person> {
    const person = await this.database.transaction('durable', async (tx) => {
      const now = at.toISOString();
      const invitation = await tx
        .updateTable('invitations')
        .set({ accepted_at: now })
        .where('id', '=', id)
        .where('accepted_at', 'is', null)
        .where('revoked_at', 'is', null)
        .where('expires_at', '>', now)
        .returningAll()
        .executeTakeFirst();
      if (!invitation) throw new InvitationEnded(await stateIn(tx, id, at));
      const joining = 'personId' in who ? await personIn(tx, who.personId) : await addPerson(tx, who, at);
      await join(tx, invitation, joining, at);
      return joining;
    });
    this.memberships.changed();
    return person;
  }

  /**
   * Creates a person who accepts all open invitations to their address.
   * @returns null when there is no open invitation to this address.
   * @throws EmailTaken
   */
  async acceptAll(person: NewPerson, at: Date): Promise<Person | null> {
    const now = at.toISOString();
    const joined = await this.database.transaction('durable', async (tx) => {
      const invitations = await openInvitations(tx, now)
        .set({ accepted_at: now })
        .where('email', '=', emailOf(person.email))
        .returningAll()
        .execute();
      if (invitations.length === 0) return null;
      const joining = await addPerson(tx, person, at);
      for (const invitation of invitations) await join(tx, invitation, joining, at);
      return joining;
    });
    this.memberships.changed();
    return joined;
  }
}

async function join(tx: Kysely<Tables>, invitation: Row, { id: personId }: Person, at: Date): Promise<void> {
  await tx.updateTable('invitations').set({ accepted_by: personId }).where('id', '=', invitation.id).execute();
  const { organization_id: organizationId, role } = invitation;
  await addMembership(tx, { organizationId, personId, role: role as OrganizationRole }, at);
}

async function stateIn(tx: Kysely<Tables>, id: string, at: Date): Promise<InvitationEnded['state']> {
  const row = await tx.selectFrom('invitations').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const state = stateOf(toInvitation(row), at);
  return state === 'open' ? 'expired' : state;
}

async function personIn(tx: Kysely<Tables>, id: string): Promise<Person> {
  return toPerson(await tx.selectFrom('people').selectAll().where('id', '=', id).executeTakeFirstOrThrow());
}

const toInvitation = (row: Row): Invitation => ({
  id: row.id,
  organizationId: row.organization_id,
  email: row.email,
  role: row.role as OrganizationRole,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  acceptedAt: row.accepted_at,
  revokedAt: row.revoked_at,
});
