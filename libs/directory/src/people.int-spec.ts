import { hash } from 'argon2';
import type { Database } from '@connections/database/database';
import { describeDatabases } from '@connections/database/testing/databases';
import { Passwords } from './passwords';
import { emailOf, EmailTaken, People } from './people';
import { migrateDirectory, type Tables } from './testing/directory';

const at = new Date('2026-06-01T00:00:00.000Z');
const PASSWORD = 'correct horse battery staple';

describe('passwords', () => {
  const passwords = new Passwords();

  it('are kept as OWASP recommends, each with a salt of its own', async () => {
    const stored = await passwords.hash(PASSWORD);
    expect(stored).toMatch(/^\$argon2id\$v=19\$/);
    expect(stored).toMatch(/m=19456/);
    expect(stored).not.toContain(PASSWORD);
    expect(await passwords.hash(PASSWORD)).not.toBe(stored);
    expect(passwords.isOutdated(stored)).toBe(false);
    expect(passwords.isOutdated(stored.replace('m=19456', 'm=8192'))).toBe(true);
  });

  it('match themselves alone, whichever keyboard they were typed on', async () => {
    const stored = await passwords.hash('Zürich and the caf\u00e9 beyond');
    expect(await passwords.verify(stored, 'Zu\u0308rich and the cafe\u0301 beyond')).toBe(true);
    for (const wrong of ['', 'zürich and the café beyond', 'Zürich and the café beyond ', 'x'.repeat(200)]) {
      expect([wrong, await passwords.verify(stored, wrong)]).toEqual([wrong, false]);
    }
    expect(await passwords.verify(null, PASSWORD)).toBe(false);
  });
});

describe('an e-mail address', () => {
  it('is compared in lower case, and never becomes that of somebody else by it', () => {
    expect(emailOf(' JÖRG@Müller.Example ')).toBe('jörg@müller.example');
    for (let code = 0x80; code <= 0x10ffff; code += 1) {
      const letter = String.fromCodePoint(code);
      if (/[\0-\x7f]/.test(emailOf(letter))) throw new Error(`U+${code.toString(16)} becomes ${emailOf(letter)}`);
    }
  });
});

describeDatabases('people', (databases) => {
  const passwords = new Passwords();
  let database: Database<Tables>;
  let people: People;
  beforeEach(async () => {
    database = await databases.open();
    await migrateDirectory(database);
    people = new People(database, passwords);
  });
  afterEach(() => database.close());

  const ada = async (password: string | null = PASSWORD) =>
    people.create(
      {
        name: 'Ada Lovelace',
        email: ' Ada@Example.com ',
        passwordHash: password && (await passwords.hash(password)),
      },
      at,
    );

  it('are found by their id and by their e-mail address, whatever its case', async () => {
    const person = await ada();
    expect(person).toEqual({
      id: expect.stringMatching(/^usr_[1-9A-HJ-NP-Za-km-z]{22}$/),
      name: 'Ada Lovelace',
      email: 'ada@example.com',
      hasPassword: true,
      createdAt: at.toISOString(),
    });
    expect(await people.find(person.id)).toEqual(person);
    expect(await people.findByEmail('ADA@example.COM')).toEqual(person);
    expect(await people.findByEmail('grace@example.com')).toBeNull();
    expect(await people.find('usr_nobody')).toBeNull();
  });

  it('have an e-mail address each', async () => {
    await ada();
    await expect(ada()).rejects.toThrow(EmailTaken);
  });

  it('are known by their password', async () => {
    const person = await ada();
    expect(await people.authenticate('ada@EXAMPLE.com', PASSWORD)).toMatchObject({ person });
    expect(await people.authenticate('ada@example.com', `${PASSWORD}!`)).toBeNull();
    expect(await people.authenticate('grace@example.com', PASSWORD)).toBeNull();
    await people.setPassword(person.id, 'another password');
    expect(await people.authenticate('ada@example.com', PASSWORD)).toBeNull();
    expect(await people.authenticate('ada@example.com', 'another password')).toMatchObject({ person });
  });

  it('get another password only in place of the one that was verified', async () => {
    const { id } = await ada();
    const known = await people.authenticate('ada@example.com', PASSWORD);
    const replaced = await people.setPassword(id, 'another password', known?.passwordHash);
    expect(await people.authenticate('ada@example.com', 'another password')).toMatchObject({ passwordHash: replaced });
    expect(await people.setPassword(id, 'a third password', known?.passwordHash)).toBeNull();
    expect(await people.authenticate('ada@example.com', 'a third password')).toBeNull();
  });

  it('that have no password are known by none', async () => {
    expect((await ada(null)).hasPassword).toBe(false);
    expect(await people.authenticate('ada@example.com', '')).toBeNull();
    expect(await people.authenticate('ada@example.com', PASSWORD)).toBeNull();
  });

  it('get the password hashed anew that was hashed as it should be no more', async () => {
    const person = await ada();
    const stored = await hash(PASSWORD, { memoryCost: 1_024, timeCost: 2, parallelism: 1 });
    await database.writer.updateTable('people').set({ password_hash: stored }).execute();
    expect(await people.authenticate('ada@example.com', PASSWORD)).toMatchObject({ person });
    const row = await database.reader.selectFrom('people').select('password_hash').executeTakeFirstOrThrow();
    expect(row.password_hash).toMatch(/m=19456/);
    expect(await people.authenticate('ada@example.com', PASSWORD)).toMatchObject({ person });
  });

  it('are known by a provider of single sign-on, as one and the same', async () => {
    const person = await ada();
    const identity = { issuer: 'https://id.example.com', subject: 'ada' };
    expect(await people.findByIdentity(identity)).toBeNull();
    expect(await people.findByProvenEmail(person.email)).toBeNull();
    expect(await people.identify(person.id, identity)).toBe(true);
    const known = { ...person, hasPassword: false };
    expect(await people.findByIdentity(identity)).toEqual(known);
    expect(await people.findByProvenEmail('ADA@example.com')).toEqual(known);
    // Who set the password never proved to be the one that the provider means.
    expect(await people.authenticate('ada@example.com', PASSWORD)).toBeNull();
    expect(await people.findByIdentity({ ...identity, issuer: 'https://other.example.com' })).toBeNull();
    expect(await people.identify(person.id, { ...identity, subject: 'somebody else' })).toBe(false);
    expect(await people.findByIdentity(identity)).toEqual(known);
  });
});
