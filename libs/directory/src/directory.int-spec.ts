import type { Kysely } from 'kysely';
import type { Database } from '@connections/database/database';
import { migrate } from '@connections/database/migrate';
import { describeDatabases } from '@connections/database/testing/databases';
import { until } from '../../../test/support/until';
import { ApiKeys, type NewApiKey } from './api-keys';
import { type DirectoryTables, directoryMigrations } from './directory.tables';
import { isApiKeyId, ORGANIZATION_ID } from './identifiers';
import { Organizations } from './organizations';

const at = new Date('2026-06-01T00:00:00.000Z');
const now = at.getTime();

describeDatabases('the directory', (databases) => {
  let place: string;
  let database: Database<DirectoryTables>;
  let keys: ApiKeys;
  let organizations: Organizations;
  beforeEach(async () => {
    place = await databases.newPlace();
    database = await databases.open(place);
    await migrate(database.writer as unknown as Kysely<never>, directoryMigrations);
    keys = new ApiKeys(database);
    organizations = new Organizations(database);
  });
  afterEach(() => database.close());

  describe('makes an organization', () => {
    it('that is found by its id', async () => {
      const acme = await organizations.create('Acme 🤝', at);
      expect(acme.id).toMatch(ORGANIZATION_ID);
      expect(acme).toEqual({ id: acme.id, name: 'Acme 🤝', createdAt: '2026-06-01T00:00:00.000Z' });
      expect(await organizations.find(acme.id)).toEqual(acme);
      expect(await new Organizations(database).find(acme.id)).toEqual(acme);
      expect(await organizations.find('org_nobody')).toBeNull();
    });

    it('once a request, however often that is tried', async () => {
      const tries = await Promise.all([1, 2, 3].map(() => organizations.create('Acme', at, 'request-1')));
      expect(new Set(tries.map(({ id }) => id)).size).toBe(1);
      expect(await organizations.create('Acme', new Date(now + 1_000), 'request-1')).toEqual(tries[0]);
      expect(await organizations.list({ size: 10 })).toEqual([tries[0]]);
    });

    it('once a request, also when several processes are asked at once', async () => {
      // Within one process, waiting for SQLite's lock would block its holder.
      const one = () => (databases.engine === 'sqlite' ? database : databases.open<DirectoryTables>(place));
      const processes = [organizations, new Organizations(await one()), new Organizations(await one())];
      for (let round = 0; round < 10; round += 1) {
        const tries = await Promise.all(processes.map((each) => each.create('Acme', at, `request-${round}`)));
        expect(new Set(tries.map(({ id }) => id)).size).toBe(1);
      }
      expect(await organizations.list({ size: 100 })).toHaveLength(10);
    });

    it('anew for a request that comes days later: by then it is another one', async () => {
      const first = await organizations.create('Acme', at, 'request-1');
      const later = await organizations.create('Acme', new Date(now + 49 * 3_600_000), 'request-1');
      expect(later.id).not.toBe(first.id);
    });

    it('for each request without a mark, of the same name or not', async () => {
      await organizations.create('Acme', at);
      await organizations.create('Acme', at);
      await organizations.create('Acme', at, 'request-1');
      expect(await organizations.list({ size: 10 })).toHaveLength(3);
    });
  });

  describe('lists page by page, newest first,', () => {
    it('the organizations, also those made in the same millisecond', async () => {
      const made = [];
      for (let n = 0; n < 7; n += 1) {
        made.push(await organizations.create(`Organization ${n}`, new Date(now + Math.floor(n / 3))));
      }
      const listed = [];
      for (let page = await organizations.list({ size: 2 }); page.length > 0;) {
        listed.push(...page);
        page = await organizations.list({ size: 2, after: page.at(-1)! });
      }
      expect(listed.map(({ createdAt }) => createdAt)).toEqual(made.map(({ createdAt }) => createdAt).reverse());
      expect(new Set(listed.map(({ id }) => id))).toEqual(new Set(made.map(({ id }) => id)));
      expect(listed).toHaveLength(7);
    });

    it('what was there, undisturbed by what is made meanwhile', async () => {
      for (let n = 0; n < 4; n += 1) await organizations.create(`Organization ${n}`, new Date(now + n));
      const first = await organizations.list({ size: 2 });
      await organizations.create('A newer one', new Date(now + 100));
      const second = await organizations.list({ size: 2, after: first.at(-1)! });
      expect([...first, ...second].map(({ name }) => name)).toEqual([3, 2, 1, 0].map((n) => `Organization ${n}`));
    });

    it('the keys of one organization, or of all', async () => {
      const [acme, globex] = [await organizations.create('Acme', at), await organizations.create('Globex', at)];
      const make = (organizationId: string | null, name: string) =>
        keys.create({ organizationId, role: organizationId ? 'member' : 'platform-admin', name, expiresAt: null }, at);
      for (const name of ['a', 'b', 'c']) await make(acme.id, name);
      await make(globex.id, 'g');
      await make(null, 'p');
      const names = (page: { name: string }[]): string[] => page.map(({ name }) => name).sort();
      expect(names(await keys.list({ size: 10 }))).toEqual(['a', 'b', 'c', 'g', 'p']);
      expect(names(await keys.list({ size: 10, organizationId: acme.id }))).toEqual(['a', 'b', 'c']);
      const first = await keys.list({ size: 2, organizationId: acme.id });
      const second = await keys.list({ size: 2, organizationId: acme.id, after: first.at(-1)! });
      expect(names([...first, ...second])).toEqual(['a', 'b', 'c']);
      expect(second).toHaveLength(1);
    });
  });

  describe('makes a key', () => {
    let terms: NewApiKey;
    beforeEach(async () => {
      const acme = await organizations.create('Acme', at);
      terms = { organizationId: acme.id, role: 'member', name: 'Backend', expiresAt: null };
    });

    it('that tells who presents it', async () => {
      const { apiKey, key } = await keys.create(terms, at);
      expect(isApiKeyId(apiKey.id)).toBe(true);
      expect(apiKey).toEqual({
        ...terms,
        id: apiKey.id,
        createdAt: at.toISOString(),
        revokedAt: null,
        lastUsedAt: null,
      });
      expect(await keys.find(apiKey.id)).toEqual(apiKey);
      expect(await keys.authenticate(key, now)).toEqual({
        type: 'api-key',
        id: apiKey.id,
        role: 'member',
        organizationId: terms.organizationId,
      });
    });

    it('for the platform, which is no organization', async () => {
      const { apiKey, key } = await keys.create({ ...terms, organizationId: null, role: 'platform-auditor' }, at);
      expect(await keys.authenticate(key, now)).toEqual({
        type: 'api-key',
        id: apiKey.id,
        role: 'platform-auditor',
        organizationId: null,
      });
    });

    it('with a secret of 256 random bits, which is kept nowhere', async () => {
      const made = await Promise.all(Array.from({ length: 20 }, () => keys.create(terms, at)));
      const secrets = made.map(({ key }) => key.split('_')[2]!);
      expect(new Set(secrets).size).toBe(20);
      for (const secret of secrets) expect(secret).toMatch(/^[1-9A-HJ-NP-Za-km-z]{44}$/);
      const stored = JSON.stringify(await database.reader.selectFrom('api_keys').selectAll().execute());
      for (const secret of secrets) expect(stored).not.toContain(secret);
      const [row] = await database.reader.selectFrom('api_keys').select('secret_hash').execute();
      expect(row?.secret_hash).toMatch(/^[0-9a-f]{64}$/);
    });

    it('that nothing but itself can stand for', async () => {
      const { apiKey, key } = await keys.create(terms, at);
      const other = await keys.create(terms, at);
      const [, id, secret] = key.split('_') as [string, string, string];
      const wrong = [
        '',
        'cx_',
        'Bearer',
        id,
        secret,
        apiKey.id,
        `cx_${id}`,
        `cx_${id}_`,
        `cx_${id}_${secret.slice(1)}`,
        `cx_${id}_${secret}x`,
        `cx_${id}_${other.key.split('_')[2]!}`,
        `cx_nobody_${secret}`,
        `cx_${id}_${secret.toUpperCase()}`,
        `CX_${id}_${secret}`,
        ` ${key}`,
        `${key}\n`,
        `${key}\0`,
        `cx_${id}_${'x'.repeat(10_000)}`,
        `cx_${id}_${"' or 1 = 1 -- ".repeat(4)}`,
        key.replace(id, `${id}\u0000`),
      ];
      for (const attempt of wrong) expect([attempt, await keys.authenticate(attempt, now)]).toEqual([attempt, null]);
      expect(await keys.authenticate(key, now)).not.toBeNull();
    });

    it('that tells when it was last used, written about once a minute', async () => {
      const { apiKey, key } = await keys.create(terms, at);
      const lastUsed = async (): Promise<string | null | undefined> => (await keys.find(apiKey.id))?.lastUsedAt;
      const used = (since: number): Promise<unknown> => keys.authenticate(key, now + since);
      await keys.authenticate(`${key}x`, now);
      expect(await lastUsed()).toBeNull();
      await used(0);
      await until('the first use is told', async () => (await lastUsed()) === at.toISOString());
      await used(59_999);
      await new ApiKeys(database).authenticate(key, now + 59_999);
      await used(60_000);
      // Writes keep their order, so nothing that was not written before came late either.
      await until('the use of a minute later is told', async () => (await lastUsed()) !== at.toISOString());
      expect(await lastUsed()).toBe(new Date(now + 60_000).toISOString());
      // With differing clocks it does not go back.
      await new ApiKeys(database).authenticate(key, now + 30_000);
      await used(120_000);
      await until('the last use is told', async () => (await lastUsed()) === new Date(now + 120_000).toISOString());
    });

    it('that may be used all the same where its use cannot be written', async () => {
      const { key } = await keys.create(terms, at);
      const away = Object.assign(Object.create(database) as Database<DirectoryTables>, {
        together: () => Promise.reject(new Error('The disk is full.')),
      });
      expect(await new ApiKeys(away).authenticate(key, now)).not.toBeNull();
    });

    it('that ends when it expires', async () => {
      const { key } = await keys.create({ ...terms, expiresAt: '2026-06-02T00:00:00.000Z' }, at);
      const end = Date.parse('2026-06-02T00:00:00.000Z');
      expect(await keys.authenticate(key, end - 1)).not.toBeNull();
      expect(await keys.authenticate(key, end)).toBeNull();
      expect(await keys.authenticate(key, end + 1)).toBeNull();
    });

    it('that ends at once when it is revoked, though it was in use a moment ago', async () => {
      const { apiKey, key } = await keys.create(terms, at);
      expect(await keys.authenticate(key, now)).not.toBeNull();
      const revoked = await keys.revoke(apiKey.id, at);
      expect(revoked?.revokedAt).toBe(at.toISOString());
      expect(await keys.authenticate(key, now)).toBeNull();
    });

    it('that ends at once when it is revoked in the middle of being used', async () => {
      for (let round = 0; round < 20; round += 1) {
        const { apiKey, key } = await keys.create(terms, at);
        const using: Promise<unknown>[] = [];
        const use = (): void => void using.push(keys.authenticate(key, now));
        for (let n = 0; n < round; n += 1) use();
        const revoking = keys.revoke(apiKey.id, at);
        for (let n = 0; n < 20; n += 1) {
          use();
          await Promise.resolve();
        }
        await revoking;
        expect(await keys.authenticate(key, now)).toBeNull();
        await Promise.all(using);
        expect(await keys.authenticate(key, now)).toBeNull();
      }
    });

    it('that ends for every process soon after one of them has revoked it', async () => {
      const { apiKey, key } = await keys.create(terms, at);
      const elsewhere = new ApiKeys(await databases.open(place));
      expect(await elsewhere.authenticate(key, now)).not.toBeNull();
      await keys.revoke(apiKey.id, at);
      while ((await elsewhere.authenticate(key, now)) !== null) await new Promise((resolve) => setImmediate(resolve));
      expect(await elsewhere.authenticate(key, now)).toBeNull();
    });

    it('that no process holds to be good that was reading it while it was revoked', async () => {
      const { apiKey, key } = await keys.create(terms, at);
      const { engine } = database;
      const [isRead, isRevoked] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
      const slow = Object.assign(Object.create(database) as Database<DirectoryTables>, {
        engine: {
          ...engine,
          async run(...query: Parameters<typeof engine.run>) {
            const rows = await engine.run(...query);
            isRead.resolve(undefined);
            await isRevoked.promise;
            return rows;
          },
        },
      });
      const here = new ApiKeys(slow);
      const using = here.authenticate(key, now);
      await isRead.promise;
      await here.revoke(apiKey.id, at);
      isRevoked.resolve(undefined);
      // This call began before the revocation was answered; the next one did not.
      expect(await using).not.toBeNull();
      expect(await here.authenticate(key, now)).toBeNull();
    });

    it('that stays revoked as of the first time', async () => {
      const { apiKey } = await keys.create(terms, at);
      const first = await keys.revoke(apiKey.id, at);
      expect(await keys.revoke(apiKey.id, new Date(now + 1_000))).toEqual(first);
    });

    it('while there is none to revoke by another id', async () => {
      expect(await keys.revoke('api_nobody', at)).toBeNull();
    });

    it('once a request, and gives its retry the same key with a secret that works', async () => {
      const first = await keys.create(terms, at, 'request-1');
      expect(await keys.authenticate(first.key, now)).not.toBeNull();
      const second = await keys.create(terms, new Date(now + 1_000), 'request-1');
      expect({ ...second.apiKey, lastUsedAt: null }).toEqual(first.apiKey);
      expect(await keys.authenticate(second.key, now)).toMatchObject({ id: first.apiKey.id });
      // Nobody ever received the first key.
      expect(await keys.authenticate(first.key, now)).toBeNull();
      expect(await keys.list({ size: 10 })).toHaveLength(1);
    });

    it('anew for a request that comes days later, and leaves the key of then alone', async () => {
      const first = await keys.create(terms, at, 'request-1');
      const later = await keys.create(terms, new Date(now + 49 * 3_600_000), 'request-1');
      expect(later.apiKey.id).not.toBe(first.apiKey.id);
      expect(await keys.authenticate(first.key, now)).not.toBeNull();
    });

    it('that another process may use at once', async () => {
      const { key } = await keys.create(terms, at);
      expect(await new ApiKeys(database).authenticate(key, now)).not.toBeNull();
    });

    it('for a known organization only', async () => {
      await expect(keys.create({ ...terms, organizationId: 'org_nobody' }, at)).rejects.toThrow(/foreign key/i);
    });
  });
});
