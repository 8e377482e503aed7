import type { Database } from '@connections/database/database';
import { describeDatabases } from '@connections/database/testing/databases';
import { AlreadyMember, InvitationEnded, Invitations, stateOf } from './invitations';
import { LastAdmin, type Member, Memberships } from './memberships';
import { Organizations } from './organizations';
import { Passwords } from './passwords';
import { EmailTaken, type NewPerson, People, type Person } from './people';
import type { OrganizationRole } from './roles';
import { migrateDirectory, type Tables } from './testing/directory';

const at = new Date('2026-06-01T00:00:00.000Z');
const now = at.getTime();
const later = (milliseconds: number): Date => new Date(now + milliseconds);
const WEEK = 7 * 24 * 3_600_000;

describeDatabases('an organization and its people', (databases) => {
  let place: string;
  let database: Database<Tables>;
  let people: People;
  let memberships: Memberships;
  let invitations: Invitations;
  let acme: string;
  let globex: string;
  beforeEach(async () => {
    place = await databases.newPlace();
    database = await databases.open(place);
    await migrateDirectory(database);
    people = new People(database, new Passwords());
    memberships = new Memberships(database);
    invitations = new Invitations(database, memberships);
    const organizations = new Organizations(database.as());
    acme = (await organizations.create('Acme', at)).id;
    globex = (await organizations.create('Globex', at)).id;
  });
  afterEach(() => database.close());

  const newcomer = (name: string): NewPerson => ({ name, email: `${name}@example.com`, passwordHash: null });
  const member = async (name: string, role: OrganizationRole, organization = acme, when = at): Promise<Person> => {
    const person = (await people.findByEmail(`${name}@example.com`)) ?? (await people.create(newcomer(name), at));
    await memberships.add(organization, person.id, role, when);
    return person;
  };
  const invite = (email = 'grace@example.com', role: OrganizationRole = 'member', when = at, request?: string) =>
    invitations.create({ organizationId: acme, email, role, by: 'usr_1' }, when, request ?? null);
  const memberOf = async (organization: string, personId: string): Promise<Member | undefined> =>
    (await memberships.list(organization, { size: 100 })).find(({ id }) => id === personId);
  const roles = async (organization = acme): Promise<Record<string, string>> =>
    Object.fromEntries((await memberships.list(organization, { size: 100 })).map(({ name, role }) => [name, role]));

  describe('has members', () => {
    it('that belong to several, with a role in each', async () => {
      const ada = await member('ada', 'admin');
      await member('ada', 'auditor', globex, later(1));
      expect(await memberships.of(ada.id)).toEqual([
        { organizationId: acme, role: 'admin' },
        { organizationId: globex, role: 'auditor' },
      ]);
      expect(await memberships.of('usr_nobody')).toEqual([]);
    });

    it('that are listed page by page, and none of another organization', async () => {
      for (const [n, name] of ['a', 'b', 'c', 'd', 'e'].entries())
        await member(name, 'member', acme, later(Math.floor(n / 2)));
      await member('g', 'member', globex);
      const listed = [];
      for (let page = await memberships.list(acme, { size: 2 }); page.length > 0;) {
        listed.push(...page);
        page = await memberships.list(acme, { size: 2, after: page.at(-1)! });
      }
      expect(listed.map(({ name }) => name).sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
      expect(listed.map(({ createdAt }) => createdAt)).toEqual(
        listed
          .map(({ createdAt }) => createdAt)
          .sort()
          .reverse(),
      );
      expect(listed[0]).toMatchObject({ name: 'e', email: 'e@example.com', role: 'member', lastSeenAt: null });
    });

    it('that stay what they are when they are added again', async () => {
      await member('ada', 'admin');
      await member('ada', 'member', acme, later(1));
      expect(await roles()).toEqual({ ada: 'admin' });
    });

    it('that were last seen a while ago, to a minute', async () => {
      const ada = await member('ada', 'admin');
      const seen = async (): Promise<string | null | undefined> => (await memberOf(acme, ada.id))?.lastSeenAt;
      await memberships.seen(acme, ada.id, now);
      expect(await seen()).toBe(at.toISOString());
      await memberships.seen(acme, ada.id, now + 59_999);
      expect(await seen()).toBe(at.toISOString());
      await memberships.seen(acme, ada.id, now + 60_000);
      expect(await seen()).toBe(later(60_000).toISOString());
      await memberships.seen(globex, ada.id, now);
      expect(await memberOf(globex, ada.id)).toBeUndefined();
    });

    it('whose role changes, and who leave, at once', async () => {
      const [ada, grace] = [await member('ada', 'admin'), await member('grace', 'member')];
      expect(await memberships.of(grace.id)).toHaveLength(1);
      expect(await memberships.changeRole(acme, grace.id, 'auditor', at)).toMatchObject({ role: 'auditor' });
      expect(await memberships.of(grace.id)).toEqual([{ organizationId: acme, role: 'auditor' }]);
      expect(await memberships.remove(acme, grace.id, at)).toMatchObject({ id: grace.id, role: 'auditor' });
      expect(await memberships.of(grace.id)).toEqual([]);
      expect(await memberships.remove(acme, grace.id, at)).toBeNull();
      expect(await memberships.changeRole(acme, grace.id, 'admin', at)).toBeNull();
      expect(await memberships.changeRole(globex, ada.id, 'member', at)).toBeNull();
      expect(await roles()).toEqual({ ada: 'admin' });
    });

    it('who leave for every process soon after they have left for one', async () => {
      await member('ada', 'admin');
      const grace = await member('grace', 'member');
      const elsewhere = new Memberships(await databases.open(place));
      expect(await elsewhere.of(grace.id)).toHaveLength(1);
      await memberships.remove(acme, grace.id, at);
      while ((await elsewhere.of(grace.id)).length > 0) await new Promise((resolve) => setImmediate(resolve));
      expect(await elsewhere.of(grace.id)).toEqual([]);
    });

    it('of whom one is always an admin', async () => {
      const [ada, grace] = [await member('ada', 'admin'), await member('grace', 'member')];
      await expect(memberships.remove(acme, ada.id, at)).rejects.toThrow(LastAdmin);
      await expect(memberships.changeRole(acme, ada.id, 'auditor', at)).rejects.toThrow(LastAdmin);
      expect(await memberships.changeRole(acme, ada.id, 'admin', at)).toMatchObject({ role: 'admin' });
      expect(await roles()).toEqual({ ada: 'admin', grace: 'member' });
      await memberships.changeRole(acme, grace.id, 'admin', at);
      await memberships.remove(acme, ada.id, at);
      expect(await roles()).toEqual({ grace: 'admin' });
    });

    it('of whom one is always an admin, also when two take it from each other at once', async () => {
      const one = () => (databases.engine === 'sqlite' ? database : databases.open<Tables>(place));
      const elsewhere = new Memberships(await one());
      for (let round = 0; round < 10; round += 1) {
        const [ada, grace] = [
          await member(`ada${round}`, 'admin', globex),
          await member(`grace${round}`, 'admin', globex),
        ];
        const outcomes = await Promise.allSettled([
          memberships.changeRole(globex, ada.id, 'member', at),
          elsewhere.remove(globex, grace.id, at),
        ]);
        expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
        const left = Object.values(await roles(globex)).filter((role) => role === 'admin');
        expect(left).toHaveLength(1);
        await database.writer.deleteFrom('memberships').execute();
      }
    });

    it('who come back by no link that they still have', async () => {
      await member('ada', 'admin');
      const { invitation } = await invite('grace@example.com', 'admin');
      const elsewhere = { organizationId: globex, email: 'grace@example.com', role: 'admin', by: null } as const;
      const other = await invitations.create(elsewhere, at);
      const grace = await member('grace', 'member');
      await memberships.remove(acme, grace.id, at);
      await expect(invitations.accept(invitation.id, { personId: grace.id }, at)).rejects.toThrow(InvitationEnded);
      expect(await memberships.of(grace.id)).toEqual([]);
      await invitations.accept(other.invitation.id, { personId: grace.id }, at);
      expect(await memberships.of(grace.id)).toEqual([{ organizationId: globex, role: 'admin' }]);
    });

    it.each([
      ['removed', (id: string) => memberships.remove(acme, id, later(1))],
      ['admins no more', (id: string) => memberships.changeRole(acme, id, 'auditor', later(1))],
    ])('whose invitations nobody comes by any more once they are %s', async (_, end) => {
      await member('ada', 'admin');
      const grace = await member('grace', 'admin');
      const guest = (name: string, organizationId = acme, by: string | null = grace.id) =>
        invitations.create({ organizationId, email: `${name}@example.com`, role: 'admin', by }, at);
      const hers = (await guest('joan')).invitation;
      const others = [await guest('lin', globex), await guest('kim', acme, 'usr_1'), await guest('max', acme, null)];
      await memberships.changeRole(acme, grace.id, 'admin', at);
      expect((await invitations.list(acme, { size: 10, openAt: at })).map(({ id }) => id)).toContain(hers.id);
      await end(grace.id);
      await expect(invitations.accept(hers.id, newcomer('joan'), later(2))).rejects.toMatchObject({ state: 'revoked' });
      for (const { invitation } of others) {
        await invitations.accept(invitation.id, newcomer(invitation.email.split('@')[0]!), later(2));
      }
    });

    it('or none: then there is no admin to be kept', async () => {
      const grace = await member('grace', 'member');
      await memberships.remove(acme, grace.id, at);
      expect(await roles()).toEqual({});
    });
  });

  describe('invites somebody', () => {
    it('who is found by the token of the link', async () => {
      const { invitation, token } = await invite(' Grace@Example.com', 'auditor');
      expect(invitation).toEqual({
        id: expect.stringMatching(/^inv_[1-9A-HJ-NP-Za-km-z]{22}$/),
        organizationId: acme,
        email: 'grace@example.com',
        role: 'auditor',
        createdAt: at.toISOString(),
        expiresAt: later(WEEK).toISOString(),
        acceptedAt: null,
        revokedAt: null,
      });
      expect(await invitations.findByToken(token)).toEqual(invitation);
      for (const wrong of ['', invitation.id, token.slice(1), `${token}x`, token.toLowerCase()]) {
        expect(await invitations.findByToken(wrong)).toBeNull();
      }
      expect(token).toMatch(/^[1-9A-HJ-NP-Za-km-z]{44}$/);
      const stored = JSON.stringify(await database.reader.selectFrom('invitations').selectAll().execute());
      expect(stored).not.toContain(token);
    });

    it('who comes to be a person by it, and a member', async () => {
      const { invitation } = await invite('grace@example.com', 'auditor');
      const grace = await invitations.accept(invitation.id, newcomer('grace'), later(1));
      expect(grace).toMatchObject({ name: 'grace', email: 'grace@example.com' });
      expect(await memberships.of(grace.id)).toEqual([{ organizationId: acme, role: 'auditor' }]);
      const [listed] = await invitations.list(acme, { size: 10 });
      expect(listed && stateOf(listed, at)).toBe('accepted');
    });

    it('who is a person already', async () => {
      const grace = await member('grace', 'admin', globex);
      expect(await memberships.of(grace.id)).toHaveLength(1);
      const { invitation } = await invite();
      expect(await invitations.accept(invitation.id, { personId: grace.id }, later(1))).toEqual(grace);
      expect(await memberships.of(grace.id)).toHaveLength(2);
    });

    it('once, however often that is tried at a time', async () => {
      const { invitation } = await invite();
      const tries = ['grace', 'grace2', 'grace3'].map((name) =>
        invitations.accept(invitation.id, newcomer(name), later(1)),
      );
      const outcomes = await Promise.allSettled(tries);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ state: 'accepted' });
      }
      expect(Object.keys(await roles())).toHaveLength(1);
    });

    it('in vain, when it has expired or was revoked', async () => {
      const expired = await invite('a@example.com');
      const late = invitations.accept(expired.invitation.id, newcomer('a'), later(WEEK));
      await expect(late).rejects.toMatchObject({ state: 'expired' });
      const revoked = await invite('b@example.com');
      await invitations.revoke(acme, revoked.invitation.id, later(1));
      const tooLate = invitations.accept(revoked.invitation.id, newcomer('b'), later(2));
      await expect(tooLate).rejects.toMatchObject({ state: 'revoked' });
      expect(await roles()).toEqual({});
      expect(await people.findByEmail('a@example.com')).toBeNull();
    });

    it('and leaves it open when the person cannot come to be', async () => {
      const { invitation } = await invite();
      await people.create(newcomer('grace'), at);
      await expect(invitations.accept(invitation.id, newcomer('grace'), later(1))).rejects.toThrow(EmailTaken);
      const [listed] = await invitations.list(acme, { size: 10 });
      expect(listed && stateOf(listed, later(1))).toBe('open');
    });

    it('and takes it back, once and for its own only', async () => {
      const { invitation } = await invite();
      expect(await invitations.revoke(globex, invitation.id, later(1))).toBeNull();
      expect(await invitations.revoke(acme, 'inv_none', later(1))).toBeNull();
      const revoked = await invitations.revoke(acme, invitation.id, later(1));
      expect(revoked?.revokedAt).toBe(later(1).toISOString());
      expect(await invitations.revoke(acme, invitation.id, later(2))).toEqual(revoked);
      const accepted = await invite();
      await invitations.accept(accepted.invitation.id, newcomer('grace'), later(1));
      await expect(invitations.revoke(acme, accepted.invitation.id, later(2))).rejects.toThrow(InvitationEnded);
    });

    it('anew, which ends the earlier invitation', async () => {
      const [first, other] = [await invite(), await invite('other@example.com')];
      const second = await invite('GRACE@example.com', 'admin', later(1));
      const listed = await invitations.list(acme, { size: 10 });
      const states = Object.fromEntries(listed.map((one) => [one.id, stateOf(one, later(2))]));
      expect(states).toEqual({
        [first.invitation.id]: 'revoked',
        [other.invitation.id]: 'open',
        [second.invitation.id]: 'open',
      });
    });

    it('once, where several do at the same time', async () => {
      for (let number = 0; number < 8; number += 1) {
        const email = `several-${number}@example.com`;
        await Promise.all((['member', 'admin', 'auditor'] as const).map((role) => invite(email, role)));
        const open = await invitations.list(acme, { size: 100, openAt: at });
        expect(open.filter((invitation) => invitation.email === email)).toHaveLength(1);
      }
    });

    it('but nobody who is a member', async () => {
      await member('grace', 'auditor');
      await expect(invite('Grace@example.com')).rejects.toThrow(AlreadyMember);
      expect(await invitations.list(acme, { size: 10 })).toEqual([]);
    });

    it('once a request, and gives its retry the same invitation with a token that works', async () => {
      const first = await invite('grace@example.com', 'member', at, 'request-1');
      const second = await invite('grace@example.com', 'member', later(1_000), 'request-1');
      expect(second.invitation).toEqual(first.invitation);
      expect(await invitations.findByToken(second.token)).toEqual(first.invitation);
      // Nobody ever received the first token.
      expect(await invitations.findByToken(first.token)).toBeNull();
      const days = await invite('grace@example.com', 'member', later(49 * 3_600_000), 'request-1');
      expect(days.invitation.id).not.toBe(first.invitation.id);
    });

    it('who comes by single sign-on, and joins wherever they were invited to', async () => {
      await invite();
      await invitations.create({ organizationId: globex, email: 'grace@example.com', role: 'admin', by: null }, at);
      expect(await invitations.acceptAll(newcomer('nobody'), later(1))).toBeNull();
      const identity = { issuer: 'https://id.example.com', subject: 'grace' };
      const grace = await invitations.acceptAll({ ...newcomer('grace'), identity }, later(1));
      expect(await memberships.of(grace!.id)).toHaveLength(2);
      expect(await people.findByIdentity(identity)).toEqual(grace);
      expect(await invitations.acceptAll(newcomer('grace'), later(2))).toBeNull();
    });
  });
});
