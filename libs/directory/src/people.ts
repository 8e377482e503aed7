import type { Kysely } from 'kysely';
import type { Database } from '@connections/database/database';
import { newestFirst, type PageRequest } from './creation-order';
import { newId } from './identifiers';
import type { Passwords } from './passwords';
import type { PeopleTables } from './people.tables';

/** A person who can sign in. */
export interface Person {
  /** `usr_…` */
  readonly id: string;
  readonly name: string;
  /** In lower case. */
  readonly email: string;
  /** False for a person who only signs in through a provider. */
  readonly hasPassword: boolean;
  /** ISO-8601 UTC. */
  readonly createdAt: string;
}

export interface NewPerson {
  readonly name: string;
  readonly email: string;
  /** In argon2's format; see `Passwords`. */
  readonly passwordHash: string | null;
  /** The person's identity at the provider of single sign-on. */
  readonly identity?: Identity;
}

/** A person's identity at a provider of single sign-on. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
}

/** A person who has just given the right password. */
export interface Authenticated {
  readonly person: Person;
  /** The hash that the password was compared with. The proof is void once the person has another hash. */
  readonly passwordHash: string;
}

/** Another person has this e-mail address. */
export class EmailTaken extends Error {}

/**
 * The form in which e-mail addresses are compared: in lower case. Two letters are kept, since their lower case contains
 * an ASCII letter, which could turn the address into somebody else's: I with a dot, and the Kelvin sign.
 */
export const emailOf = (text: string): string =>
  text.trim().replace(/[^\u0130\u212a]+/g, (letters) => letters.toLowerCase());

/** The people who can sign in. */
export class People {
  constructor(
    private readonly database: Database<PeopleTables>,
    private readonly passwords: Passwords,
  ) {}

  /** @throws EmailTaken */
  create(person: NewPerson, at: Date): Promise<Person> {
    return this.database.transaction('durable', (tx) => addPerson(tx, person, at));
  }

  async find(id: string): Promise<Person | null> {
    return personIn(await this.#people().where('id', '=', id).executeTakeFirst());
  }

  async findByEmail(email: string): Promise<Person | null> {
    return personIn(await this.#people().where('email', '=', emailOf(email)).executeTakeFirst());
  }

  /** The person whom single sign-on has vouched for with this address. An invited person may be anybody. */
  async findByProvenEmail(email: string): Promise<Person | null> {
    const known = this.#people().where('email', '=', emailOf(email)).where('subject', 'is not', null);
    return personIn(await known.executeTakeFirst());
  }

  async findByIdentity({ issuer, subject }: Identity): Promise<Person | null> {
    const known = this.#people().where('issuer', '=', issuer).where('subject', '=', subject);
    return personIn(await known.executeTakeFirst());
  }

  /** Newest first: those of one organization, or all when none is named. */
  async list(page: PageRequest & { readonly organizationId?: string | undefined }): Promise<Person[]> {
    const { organizationId } = page;
    let query = this.#people();
    if (organizationId !== undefined) {
      query = query.where('id', 'in', (where) =>
        where.selectFrom('memberships').select('person_id').where('organization_id', '=', organizationId),
      );
    }
    return (await newestFirst(query, page).execute()).map(toPerson);
  }

  /**
   * The person with this e-mail address and password; null when there is no such person, or they have another password,
   * or none. Neither the answer nor its time reveals which.
   */
  async authenticate(email: string, password: string): Promise<Authenticated | null> {
    const row = await this.#people().where('email', '=', emailOf(email)).executeTakeFirst();
    const matches = await this.passwords.verify(row?.password_hash ?? null, password);
    const stored = row?.password_hash ?? null;
    if (row === undefined || stored === null || !matches) return null;
    const person = toPerson(row);
    if (!this.passwords.isOutdated(stored)) return { person, passwordHash: stored };
    const renewed = await this.passwords.hash(password);
    const isRenewed = await this.database.transaction('durable', (tx) => replaceHash(tx, row.id, renewed, stored));
    return { person, passwordHash: isRenewed ? renewed : stored };
  }

  /**
   * Sets a new password, and ends all sessions of the person.
   * @param verified the hash that has to be the present one; any, if absent.
   * @returns the new hash; null when `verified` is no longer the present one.
   */
  async setPassword(id: string, password: string, verified?: string): Promise<string | null> {
    const passwordHash = await this.passwords.hash(password);
    return this.database.transaction('durable', async (tx) => {
      if (!(await replaceHash(tx, id, passwordHash, verified))) return null;
      await endSessions(tx, id);
      return passwordHash;
    });
  }

  /**
   * Links a person to an identity at the provider, removes their password, and ends all their sessions: whoever set the
   * password never proved to be the person that the provider knows.
   * @returns false when they are already linked to another identity.
   */
  async identify(id: string, { issuer, subject }: Identity): Promise<boolean> {
    return this.database.transaction('durable', async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('people')
        .set({ issuer, subject, password_hash: null })
        .where('id', '=', id)
        .where('subject', 'is', null)
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) return false;
      await endSessions(tx, id);
      return true;
    });
  }

  #people() {
    return this.database.reader.selectFrom('people').selectAll();
  }
}

/** @param verified the hash to replace; any, if absent. @returns false when it is no longer the present one. */
export async function replaceHash(
  tx: Kysely<PeopleTables>,
  id: string,
  password_hash: string,
  verified?: string,
): Promise<boolean> {
  let update = tx.updateTable('people').set({ password_hash }).where('id', '=', id);
  if (verified !== undefined) update = update.where('password_hash', '=', verified);
  return (await update.executeTakeFirst()).numUpdatedRows === 1n;
}

const endSessions = (tx: Kysely<PeopleTables>, personId: string): Promise<unknown> =>
  tx.deleteFrom('sessions').where('person_id', '=', personId).execute();

/** Adds a person within a transaction. @throws EmailTaken */
export async function addPerson(tx: Kysely<PeopleTables>, person: NewPerson, at: Date): Promise<Person> {
  const row = {
    id: newId('usr'),
    name: person.name,
    email: emailOf(person.email),
    password_hash: person.passwordHash,
    issuer: person.identity?.issuer ?? null,
    subject: person.identity?.subject ?? null,
    created_at: at.toISOString(),
  };
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('people')
    .values(row)
    .onConflict((conflict) => conflict.column('email').doNothing())
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows !== 1n) throw new EmailTaken(`There is a person with the e-mail address ${row.email}.`);
  return toPerson(row);
}

const personIn = (row: PeopleTables['people'] | undefined): Person | null => (row ? toPerson(row) : null);

export const toPerson = (row: PeopleTables['people']): Person => ({
  id: row.id,
  name: row.name,
  email: row.email,
  hasPassword: row.password_hash !== null,
  createdAt: row.created_at,
});
