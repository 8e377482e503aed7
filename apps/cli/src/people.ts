import { randomBytes } from 'node:crypto';
import { InvalidArgumentError } from 'commander';
import type { Database } from '@connections/database/database';
import { type Invitation, Invitations } from '@connections/directory/invitations';
import { type Membership, Memberships } from '@connections/directory/memberships';
import { Organizations } from '@connections/directory/organizations';
import { Passwords } from '@connections/directory/passwords';
import { People, type Person } from '@connections/directory/people';
import type { OrganizationRole } from '@connections/directory/roles';
import { type Configuration, configurationFrom } from '@connections/host/configuration';
import { isEmailAddress } from '@connections/host/email-address';
import { NOT_AN_EMAIL } from './arguments';
import { Failed } from './failed';
import { existing } from './organizations';
import { pageAnswer, type PageOptions } from './pages';
import { passwordFromInput } from './password-input';
import { type Answer, properties, table } from './terminal';
import { withExistingStores } from './with-stores';

export interface PasswordOptions {
  readonly passwordStdin?: boolean;
}

export interface MembershipOptions {
  readonly organization: string;
  readonly role: OrganizationRole;
}

export interface NewPersonOptions extends MembershipOptions, PasswordOptions {
  /** Given together with a password. */
  readonly name?: string;
}

/** The parts of the directory that concern people. */
interface Directory {
  readonly organizations: Organizations;
  readonly passwords: Passwords;
  readonly people: People;
  readonly memberships: Memberships;
  readonly invitations: Invitations;
}

/** Creates an invitation link and shows it, the only time that it can be seen; or creates the person at once. */
export async function createPerson(email: string, options: NewPersonOptions): Promise<Answer> {
  if (!isEmailAddress(email)) {
    throw new InvalidArgumentError(`Nobody could sign in with '${email}'. ${NOT_AN_EMAIL}`);
  }
  const { organization, role, name } = options;
  if (name === undefined) {
    return working(async ({ organizations, invitations }) => {
      await existing(organizations, organization);
      const terms = { organizationId: organization, email, role, by: null };
      const { invitation, token } = await invitations.create(terms, new Date());
      return invited(invitation, `${baseOf(configurationFrom(process.env))}/invitations#${token}`);
    });
  }
  const password = await passwordFromInput();
  return working(async ({ organizations, passwords, people, memberships }) => {
    await existing(organizations, organization);
    const person = await people.create({ name, email, passwordHash: await passwords.hash(password) }, new Date());
    await memberships.add(organization, person.id, role, new Date());
    return answerOf(person, await memberships.of(person.id));
  });
}

/** Newest first: those of one organization, or all. */
export async function listPeople(page: PageOptions & { readonly organization?: string }): Promise<Answer> {
  const found = await working(async ({ organizations, people, memberships }) => {
    if (page.organization !== undefined) await existing(organizations, page.organization);
    const after = page.after === undefined ? undefined : await known(people, page.after);
    const listed = await people.list({ size: page.limit + 1, after, organizationId: page.organization });
    const theirs = await Promise.all(listed.map(({ id }) => memberships.of(id)));
    return listed.map((person, index) => ({ id: person.id, person, belongsTo: theirs[index] ?? [] }));
  });
  return pageAnswer(found, page, {
    resource: ({ person, belongsTo }) => resourceOf(person, belongsTo),
    table: (shown) =>
      table(
        ['PERSON', 'NAME', 'E-MAIL', 'CREATED', 'BELONGS TO'],
        shown.map(({ person, belongsTo }) => [
          person.id,
          person.name,
          person.email,
          person.createdAt,
          membershipsText(belongsTo),
        ]),
      ),
    none: page.after === undefined ? 'There are no people yet.' : 'There are no more people.',
  });
}

/** Sets a password, and ends all sessions of the person. */
export async function resetPassword(who: string, { passwordStdin = false }: PasswordOptions): Promise<Answer> {
  const password = passwordStdin ? await passwordFromInput() : randomBytes(15).toString('base64url');
  return working(async ({ people, memberships }) => {
    const person = await known(people, who);
    await people.setPassword(person.id, password);
    return answerOf(
      { ...person, hasPassword: true },
      await memberships.of(person.id),
      passwordStdin ? {} : { password },
    );
  });
}

/** Adds a person to an organization. A person who is already a member keeps their role. */
export function joinOrganization(who: string, options: MembershipOptions): Promise<Answer> {
  return working(async ({ organizations, people, memberships }) => {
    await existing(organizations, options.organization);
    const person = await whoJoins(people, who, options);
    await memberships.add(options.organization, person.id, options.role, new Date());
    return answerOf(person, await memberships.of(person.id));
  });
}

export function leaveOrganization(
  who: string,
  { organization }: Pick<MembershipOptions, 'organization'>,
): Promise<Answer> {
  return working(async ({ organizations, people, memberships }) => {
    await existing(organizations, organization);
    const person = await known(people, who);
    if ((await memberships.remove(organization, person.id, new Date())) === null) {
      throw new Failed('not-found', `${person.email} does not belong to ${organization}. See "person list".`);
    }
    return answerOf(person, await memberships.of(person.id));
  });
}

const working = <T>(work: (directory: Directory) => Promise<T>): Promise<T> =>
  withExistingStores(({ database }) => work(directoryOf(database.as())));

function directoryOf(database: Database<never>): Directory {
  const passwords = new Passwords();
  const memberships = new Memberships(database.as());
  return {
    organizations: new Organizations(database.as()),
    passwords,
    people: new People(database.as(), passwords),
    memberships,
    invitations: new Invitations(database.as(), memberships),
  };
}

/** An address is not its owner's merely because somebody signs in with it: another admin may have invited it. */
async function whoJoins(
  people: People,
  who: string,
  { organization, role }: Required<MembershipOptions>,
): Promise<Person> {
  const person = await known(people, who);
  if (!who.includes('@') || (await people.findByProvenEmail(who)) !== null) return person;
  const invite = `person create ${person.email} --organization ${organization} --role ${role}`;
  throw new Failed(
    'unproven-address',
    `Nobody proved by single sign-on that ${person.email} is theirs. Invite them instead: "${invite}" makes a link that they use with their own account. Whom you know by their id you can name by it.`,
  );
}

async function known(people: People, who: string): Promise<Person> {
  const found = who.includes('@') ? await people.findByEmail(who) : await people.find(who);
  if (found !== null) return found;
  throw new Failed('not-found', `There is no person ${who}. See "person list".`);
}

/** The public address of the service; if it is not set, one on this machine. */
function baseOf({ PUBLIC_URL, PORT }: Configuration): string {
  return PUBLIC_URL === undefined ? `http://localhost:${PORT}` : new URL(PUBLIC_URL).origin;
}

const invited = (invitation: Invitation, link: string): Answer => ({
  document: {
    data: {
      type: 'invitations',
      id: invitation.id,
      attributes: {
        'organization-id': invitation.organizationId,
        email: invitation.email,
        role: invitation.role,
        'created-at': invitation.createdAt,
        'expires-at': invitation.expiresAt,
        link,
      },
    },
  },
  text: `${properties([
    ['Invitation', invitation.id],
    ['Organization', invitation.organizationId],
    ['E-mail', invitation.email],
    ['Role', invitation.role],
    ['Expires', invitation.expiresAt],
    ['Link', link],
  ])}\n\nGive them the link now: it will not be shown again, and works once.`,
});

const answerOf = (person: Person, belongsTo: readonly Membership[], shown: { password?: string } = {}): Answer => ({
  document: { data: resourceOf(person, belongsTo, shown) },
  text:
    properties([
      ['Person', person.id],
      ['Name', person.name],
      ['E-mail', person.email],
      ['Created', person.createdAt],
      ['Belongs to', membershipsText(belongsTo)],
      ...(shown.password === undefined ? [] : [['Password', shown.password] as const]),
    ]) + (shown.password === undefined ? '' : '\n\nKeep the password now: it will not be shown again.'),
});

const membershipsText = (belongsTo: readonly Membership[]): string | null =>
  belongsTo.length === 0 ? null : belongsTo.map(({ organizationId, role }) => `${organizationId} (${role})`).join(', ');

const resourceOf = (person: Person, belongsTo: readonly Membership[], shown: { password?: string } = {}): object => ({
  type: 'people',
  id: person.id,
  attributes: {
    name: person.name,
    email: person.email,
    'has-password': person.hasPassword,
    'created-at': person.createdAt,
    memberships: belongsTo.map(({ organizationId, role }) => ({ 'organization-id': organizationId, role })),
    ...shown,
  },
});
