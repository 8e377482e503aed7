import type { Kysely } from 'kysely';
import type { Database } from '@connections/database/database';
import { newestFirst, type PageRequest } from './creation-order';
import type { DirectoryTables } from './directory.tables';
import { LastSeen } from './last-seen';
import { openInvitations } from './open-invitations';
import { holdOrganization } from './organizations';
import type { PeopleTables } from './people.tables';
import { RememberedRows } from './remembered-rows';
import { type Settle, unsettled } from './retries';
import { type OrganizationRole, permissions } from './roles';

/** A person's membership in an organization. */
export interface Membership {
  readonly organizationId: string;
  readonly role: OrganizationRole;
}

/** A person, as shown to their organization. Times are ISO-8601 UTC. */
export interface Member {
  /** The id of the person. */
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: OrganizationRole;
  /** When they joined. */
  readonly createdAt: string;
  /** When they last acted for the organization, to about a minute; null for never. */
  readonly lastSeenAt: string | null;
}

/** An organization must not be left without an admin. */
export class LastAdmin extends Error {}

type Tables = DirectoryTables & PeopleTables;

/** That somebody spoke for an organization is written at most so often, in milliseconds. */
const SEEN_EVERY = 60_000;

/** Which people belong to which organizations, and their roles. */
export class Memberships {
  readonly #rows: RememberedRows<PeopleTables['memberships']>;
  readonly #seen = new LastSeen(SEEN_EVERY);

  constructor(private readonly database: Database<Tables>) {
    const ofPerson = database.prepare(
      database.reader
        .selectFrom('memberships')
        .selectAll()
        .where('person_id', '=', '')
        .orderBy('joined_at')
        .orderBy('organization_id')
        .compile(),
    );
    this.#rows = new RememberedRows((personId) => ofPerson([personId]));
  }

  /** The memberships of a person, oldest first. */
  async of(personId: string): Promise<Membership[]> {
    return (await this.#rows.get(personId)).map(({ organization_id: organizationId, role }) => ({
      organizationId,
      role: role as OrganizationRole,
    }));
  }

  /** Records, now and then, that a person acts for an organization. */
  async seen(organizationId: string, personId: string, now: number): Promise<void> {
    const row = (await this.#rows.get(personId)).find(({ organization_id }) => organization_id === organizationId);
    if (!row || !this.#seen.isDue(`${organizationId} ${personId}`, row.last_seen_at, now)) return;
    const last_seen_at = new Date(now).toISOString();
    const seeing = this.database.together((database) =>
      database
        .updateTable('memberships')
        .set({ last_seen_at })
        .where('organization_id', '=', organizationId)
        .where('person_id', '=', personId)
        .execute(),
    );
    // A failed write is made up for the next time; no request fails for it.
    await seeing.catch(() => this.#seen.forget(`${organizationId} ${personId}`));
  }

  /** Adds a member. A person who is already a member keeps their role. */
  async add(organizationId: string, personId: string, role: OrganizationRole, at: Date): Promise<void> {
    await this.database.transaction('durable', (tx) => addMembership(tx, { organizationId, personId, role }, at));
    this.changed();
  }

  /** Newest first. */
  async list(organizationId: string, page: PageRequest): Promise<Member[]> {
    const all = members(this.database.reader, organizationId);
    return (await newestFirst(all, page, ['joined_at', 'person_id']).execute()).map(toMember);
  }

  /** @returns the member after the change; null when there is none. @throws LastAdmin */
  async changeRole(
    organizationId: string,
    personId: string,
    role: OrganizationRole,
    at: Date,
    settle: Settle<Member> = unsettled,
  ): Promise<Member | null> {
    return this.#keepingAnAdmin(
      organizationId,
      async (tx) => {
        await tx
          .updateTable('memberships')
          .set({ role })
          .where('organization_id', '=', organizationId)
          .where('person_id', '=', personId)
          .execute();
        if (!permissions['manage-members'].includes(role)) {
          const revoked_at = at.toISOString();
          await openInvitations(tx, revoked_at)
            .set({ revoked_at })
            .where('organization_id', '=', organizationId)
            .where('created_by', '=', personId)
            .execute();
        }
        return member(tx, organizationId, personId);
      },
      settle,
    );
  }

  /**
   * Removes a member, and revokes the open invitations of their address to the organization.
   * @returns the member as they were; null when there is none.
   * @throws LastAdmin
   */
  async remove(
    organizationId: string,
    personId: string,
    at: Date,
    settle: Settle<Member> = unsettled,
  ): Promise<Member | null> {
    return this.#keepingAnAdmin(
      organizationId,
      async (tx) => {
        const removed = await member(tx, organizationId, personId);
        if (removed !== null) {
          const revoked_at = at.toISOString();
          await openInvitations(tx, revoked_at)
            .set({ revoked_at })
            .where('organization_id', '=', organizationId)
            .where((where) => where.or([where('email', '=', removed.email), where('created_by', '=', personId)]))
            .execute();
        }
        await tx
          .deleteFrom('memberships')
          .where('organization_id', '=', organizationId)
          .where('person_id', '=', personId)
          .execute();
        return removed;
      },
      settle,
    );
  }

  /** To be called after other code has changed a membership, so that everything is read again. */
  changed(): void {
    this.#rows.forget();
  }

  /**
   * Serializes changes: when two admins remove each other's role, the second finds that the first is the last admin.
   */
  async #keepingAnAdmin(
    organizationId: string,
    change: (tx: Kysely<Tables>) => Promise<Member | null>,
    settle: Settle<Member>,
  ): Promise<Member | null> {
    const changed = await this.database.transaction('durable', async (tx) => {
      await holdOrganization(tx, organizationId);
      const before = await admins(tx, organizationId);
      const member = await change(tx);
      if (before > 0 && (await admins(tx, organizationId)) === 0) {
        throw new LastAdmin('An organization keeps at least one admin. Make somebody else an admin first.');
      }
      if (member !== null) await settle(tx, member);
      return member;
    });
    this.changed();
    return changed;
  }
}

/** Adds a membership within a transaction; an existing one stays as it is. */
export async function addMembership(
  tx: Kysely<PeopleTables>,
  membership: { readonly organizationId: string; readonly personId: string; readonly role: OrganizationRole },
  at: Date,
): Promise<void> {
  const { organizationId, personId, role } = membership;
  await tx
    .insertInto('memberships')
    .values({
      organization_id: organizationId,
      person_id: personId,
      role,
      joined_at: at.toISOString(),
      last_seen_at: null,
    })
    .onConflict((conflict) => conflict.columns(['organization_id', 'person_id']).doNothing())
    .execute();
}

const members = (database: Kysely<Tables>, organizationId: string) =>
  database
    .selectFrom('memberships')
    .innerJoin('people', 'people.id', 'memberships.person_id')
    .select(['person_id', 'name', 'email', 'role', 'joined_at', 'last_seen_at'])
    .where('organization_id', '=', organizationId);

async function member(database: Kysely<Tables>, organizationId: string, personId: string): Promise<Member | null> {
  const row = await members(database, organizationId).where('person_id', '=', personId).executeTakeFirst();
  return row ? toMember(row) : null;
}

async function admins(tx: Kysely<PeopleTables>, organizationId: string): Promise<number> {
  const { many } = await tx
    .selectFrom('memberships')
    .select((select) => select.fn.countAll().as('many'))
    .where('organization_id', '=', organizationId)
    .where('role', '=', 'admin')
    .executeTakeFirstOrThrow();
  return Number(many);
}

const toMember = (row: {
  readonly person_id: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly joined_at: string;
  readonly last_seen_at: string | null;
}): Member => ({
  id: row.person_id,
  name: row.name,
  email: row.email,
  role: row.role as OrganizationRole,
  createdAt: row.joined_at,
  lastSeenAt: row.last_seen_at,
});
