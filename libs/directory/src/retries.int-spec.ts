import type { Database } from '@connections/database/database';
import { describeDatabases } from '@connections/database/testing/databases';
import { ApiKeys } from './api-keys';
import type { DirectoryTables } from './directory.tables';
import { Invitations } from './invitations';
import { Memberships } from './memberships';
import { Organizations } from './organizations';
import { Passwords } from './passwords';
import { People } from './people';
import type { PeopleTables } from './people.tables';
import type { Settle } from './retries';
import { migrateDirectory } from './testing/directory';

const at = new Date('2026-06-01T00:00:00.000Z');

class Undone extends Error {}

describeDatabases('a change of the directory', (databases) => {
  let database: Database<DirectoryTables & PeopleTables>;
  /** One change of each kind, applied to existing rows, with its result. */
  let changes: Record<string, (settle: Settle<unknown>) => Promise<unknown>>;

  beforeEach(async () => {
    database = await databases.open(await databases.newPlace());
    await migrateDirectory(database);
    const apiKeys = new ApiKeys(database);
    const organizations = new Organizations(database);
    const people = new People(database, new Passwords());
    const memberships = new Memberships(database);
    const invitations = new Invitations(database, memberships);
    const { id: acme } = await organizations.create('Acme', at);
    const [ada, grace] = await Promise.all(
      ['Ada', 'Grace'].map((name) => people.create({ name, email: `${name}@example.com`, passwordHash: null }, at)),
    );
    await memberships.add(acme, ada!.id, 'admin', at);
    await memberships.add(acme, grace!.id, 'member', at);
    const key = { organizationId: acme, role: 'member', name: 'A key', expiresAt: null } as const;
    const { apiKey } = await apiKeys.create(key, at);
    await apiKeys.create(key, at, 'request-1');
    const guest = { organizationId: acme, email: 'alan@example.com', role: 'member', by: null } as const;
    const { invitation } = await invitations.create(guest, at, 'request-1');
    changes = {
      'a new organization': (settle) => organizations.create('Globex', at, null, settle),
      'a new key': async (settle) => (await apiKeys.create(key, at, null, settle)).apiKey,
      'a fresh secret of a key': async (settle) => (await apiKeys.create(key, at, 'request-1', settle)).apiKey,
      'a revoked key': (settle) => apiKeys.revoke(apiKey.id, at, settle),
      'a new invitation': async (settle) =>
        (await invitations.create({ ...guest, email: 'joan@example.com' }, at, null, settle)).invitation,
      'a fresh link of an invitation': async (settle) =>
        (await invitations.create(guest, at, 'request-1', settle)).invitation,
      'a revoked invitation': (settle) => invitations.revoke(acme, invitation.id, at, settle),
      'a changed role': (settle) => memberships.changeRole(acme, grace!.id, 'auditor', at, settle),
      'a removed member': (settle) => memberships.remove(acme, grace!.id, at, settle),
    };
  });
  afterEach(() => database.close());

  /** All rows. */
  const everything = async (tables: Pick<typeof database, 'reader'>['reader']): Promise<unknown> => [
    await tables.selectFrom('organizations').selectAll().orderBy('id').execute(),
    await tables.selectFrom('api_keys').selectAll().orderBy('id').execute(),
    await tables.selectFrom('invitations').selectAll().orderBy('id').execute(),
    await tables.selectFrom('memberships').selectAll().orderBy('person_id').execute(),
  ];

  const kinds = [
    'a new organization',
    'a new key',
    'a fresh secret of a key',
    'a revoked key',
    'a new invitation',
    'a fresh link of an invitation',
    'a revoked invitation',
    'a changed role',
    'a removed member',
  ];

  it.each(kinds)('is there to be settled, with what it comes to, in one transaction: %s', async (kind) => {
    const before = await everything(database.reader);
    let settled: unknown;
    const result = await changes[kind]!(async (tx, outcome) => {
      settled = outcome;
      expect(await everything(tx as typeof database.writer)).not.toEqual(before);
    });
    expect(settled).toEqual(result);
    expect(await everything(database.reader)).not.toEqual(before);
  });

  it.each(kinds)('is undone where it cannot be settled: %s', async (kind) => {
    const before = await everything(database.reader);
    await expect(changes[kind]!(() => Promise.reject(new Undone()))).rejects.toThrow(Undone);
    expect(await everything(database.reader)).toEqual(before);
  });

  it('of what is not there is not settled', async () => {
    const settle = jest.fn();
    const memberships = new Memberships(database);
    expect(await new ApiKeys(database).revoke('api_none', at, settle)).toBeNull();
    expect(await new Invitations(database, memberships).revoke('org_none', 'inv_none', at, settle)).toBeNull();
    expect(await memberships.changeRole('org_none', 'usr_none', 'admin', at, settle)).toBeNull();
    expect(await memberships.remove('org_none', 'usr_none', at, settle)).toBeNull();
    expect(settle).not.toHaveBeenCalled();
  });
});
