import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { closeStores } from '@connections/host/stores';
import { type Answer, Client, newKey, newOrganization, type Party } from '../support/client';
import { storesOf } from '../support/servers';
import { TestedService } from '../support/tested-service';
import { until } from '../support/until';

const KEY = /^cx_[0-9A-Za-z]{22}_[0-9A-Za-z]{44}$/;

const refusalOf = ({ status, body }: Answer): unknown => [status, body.errors?.[0].code];

describe('the directory', () => {
  const service = new TestedService({ LOG_LEVEL: 'info' });
  let auditor: Client;
  let acme: Party;
  let globex: Party;
  beforeAll(async () => {
    auditor = new Client(service.url, service.demo.auditor.key);
    [acme, globex] = await Promise.all([
      newOrganization(service.platform, 'Acme'),
      newOrganization(service.platform, 'Globex'),
    ]);
  });

  const makeOrganization = (by: Client, attributes: object): Promise<Answer> =>
    by.post('/organizations', { body: { data: { attributes } } });
  const makeKey = (by: Client, attributes: object): Promise<Answer> =>
    by.post('/api-keys', { body: { data: { attributes } } });
  const refused = (permitted: string[], role: string): unknown => ({
    errors: [{ status: '403', code: 'not-permitted', meta: { 'permitted-roles': permitted, role } }],
  });
  const works = async (key: string): Promise<boolean> =>
    (await new Client(service.url, key).get('/connect/connections')).status === 200;

  describe('organizations', () => {
    it('are made by the platform’s admin', async () => {
      const made = await makeOrganization(service.platform, { name: '  Initech ✓ ' });
      expect(made.status).toBe(201);
      expect(made.body.data).toMatchObject({
        type: 'organizations',
        id: expect.stringMatching(/^org_[0-9A-Za-z]{22}$/),
        attributes: { name: 'Initech ✓', 'created-at': expect.stringMatching(/Z$/) },
      });
    });

    it('are made and listed by nobody else', async () => {
      const member = await newKey(service.platform, acme.id, 'member');
      for (const [client, role] of [
        [acme.client, 'admin'],
        [member.client, 'member'],
      ] as const) {
        const made = await makeOrganization(client, { name: 'Mine' });
        expect(made.body).toMatchObject(refused(['platform-admin'], role) as object);
        const listed = await client.get('/organizations');
        expect(listed.body).toMatchObject(refused(['platform-admin', 'platform-auditor'], role) as object);
      }
      const made = await makeOrganization(auditor, { name: 'Mine' });
      expect(made.body).toMatchObject(refused(['platform-admin'], 'platform-auditor') as object);
      const listed = await auditor.get('/organizations?page[size]=100');
      expect(listed.status).toBe(200);
      expect(listed.text).not.toContain('"Mine"');
    });

    it('each know themselves', async () => {
      for (const role of ['member', 'auditor', 'admin'] as const) {
        const { client } = await newKey(service.platform, acme.id, role);
        const own = await client.get('/organization');
        expect(own.body.data).toMatchObject({ type: 'organizations', id: acme.id, attributes: { name: 'Acme' } });
      }
      expect(refusalOf(await service.platform.get('/organization'))).toEqual([404, 'not-found']);
    });
  });

  describe('API keys', () => {
    it.each(['member', 'auditor', 'admin'])(
      'with the role %s are made by the platform for an organization',
      async (role) => {
        const made = await makeKey(service.platform, { 'organization-id': acme.id, role, name: ' Key ' });
        expect(made.status).toBe(201);
        expect(made.body.data).toMatchObject({
          type: 'api-keys',
          id: expect.stringMatching(/^api_[0-9A-Za-z]{22}$/),
          attributes: {
            'organization-id': acme.id,
            role,
            name: 'Key',
            'expires-at': null,
            'revoked-at': null,
            'last-used-at': null,
            key: expect.stringMatching(KEY),
          },
        });
        const { key } = made.body.data.attributes;
        expect(key).toContain((made.body.data.id as string).slice('api_'.length));
        expect((await new Client(service.url, key as string).get('/organization')).body.data.id).toBe(acme.id);
        const before = Date.now() - 60_000;
        await until('the use of the key is told', async () => {
          const [newest] = (await service.platform.get('/api-keys?page[size]=1')).body.data;
          return newest.id === made.body.data.id && Date.parse(newest.attributes['last-used-at']) > before;
        });
      },
    );

    it.each(['platform-admin', 'platform-auditor'])(
      'with the role %s are made by the platform for itself',
      async (role) => {
        const made = await makeKey(service.platform, { role, name: 'Operator' });
        expect(made.body.data.attributes).toMatchObject({ 'organization-id': null, role });
        const operator = new Client(service.url, made.body.data.attributes.key as string);
        expect((await operator.get('/organizations')).status).toBe(200);
        const org = await makeOrganization(operator, { name: 'By another' });
        expect(org.status).toBe(role === 'platform-admin' ? 201 : 403);
      },
    );

    it('are made by an organization’s admin for its own', async () => {
      for (const attributes of [{}, { 'organization-id': acme.id }, { 'organization-id': null }]) {
        const made = await makeKey(acme.client, { role: 'member', name: 'Own', ...attributes });
        expect([made.status, made.body.data?.attributes['organization-id']]).toEqual([201, acme.id]);
        expect(await works(made.body.data.attributes.key as string)).toBe(true);
      }
    });

    it('of another organization or of the platform are not made by an organization’s admin', async () => {
      const foreign = await makeKey(acme.client, { 'organization-id': globex.id, role: 'member', name: 'Theirs' });
      expect(refusalOf(foreign)).toEqual([403, 'foreign-organization']);
      for (const role of ['platform-admin', 'platform-auditor']) {
        const made = await makeKey(acme.client, { role, name: 'Above' });
        expect(refusalOf(made)).toEqual([403, 'not-permitted']);
        expect(made.body.errors[0].source).toEqual({ pointer: '/data/attributes/role' });
      }
      const all = await service.platform.get('/api-keys?page[size]=100');
      expect(all.text).not.toMatch(/"(Theirs|Above)"/);
    });

    it('are neither made, listed nor revoked by who has no right to it', async () => {
      const [member, reader] = await Promise.all([
        newKey(service.platform, acme.id, 'member'),
        newKey(service.platform, acme.id, 'auditor'),
      ]);
      const makers = ['admin', 'platform-admin'];
      for (const [client, role] of [
        [member.client, 'member'],
        [reader.client, 'auditor'],
      ] as const) {
        expect((await makeKey(client, { role, name: 'Own' })).body).toMatchObject(refused(makers, role) as object);
        const listed = await client.get('/api-keys');
        expect(listed.body).toMatchObject(refused([...makers, 'platform-auditor'], role) as object);
        const revoked = await client.post(`/api-keys/${member.id}/revoke`);
        expect(revoked.body).toMatchObject(refused(makers, role) as object);
      }
      const operator = await makeKey(auditor, { role: 'platform-auditor', name: 'Own' });
      expect(operator.body).toMatchObject(refused(makers, 'platform-auditor') as object);
      expect((await auditor.get('/api-keys')).status).toBe(200);
      expect(await works(member.key)).toBe(true);
    });

    it.each([
      ['no organization', { role: 'member' }, 'missing-attribute', 'organization-id'],
      [
        'an unknown organization',
        { role: 'member', 'organization-id': 'org_1' },
        'unknown-organization',
        'organization-id',
      ],
      [
        'an organization for the platform’s',
        { role: 'platform-admin', 'organization-id': 'org_1' },
        'invalid-attribute',
        'organization-id',
      ],
      ['an unknown role', { role: 'owner' }, 'invalid-attribute', 'role'],
      ['no role', {}, 'missing-attribute', 'role'],
      [
        'an end in the past',
        { role: 'platform-auditor', 'expires-at': '2020-01-01T00:00:00Z' },
        'invalid-attribute',
        'expires-at',
      ],
      [
        'an end that is no moment',
        { role: 'platform-auditor', 'expires-at': 'soon' },
        'invalid-attribute',
        'expires-at',
      ],
      ['an empty name', { role: 'platform-auditor', name: ' ' }, 'invalid-attribute', 'name'],
    ])('are refused with %s', async (_, attributes, code, name) => {
      const made = await makeKey(service.platform, { name: 'Refused', ...attributes });
      expect(made.status).toBe(422);
      expect(made.body.errors).toMatchObject([{ code, source: { pointer: `/data/attributes/${name}` } }]);
    });

    it('are refused at once when they are revoked', async () => {
      const made = await newKey(acme.client, acme.id, 'member');
      const uses = await Promise.all(Array.from({ length: 5 }, () => made.client.get('/organization')));
      expect(uses.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
      const revoked = await acme.client.post(`/api-keys/${made.id}/revoke`);
      expect(revoked.status).toBe(200);
      expect((await made.client.get('/organization')).status).toBe(401);
      expect(revoked.body.data.attributes).not.toHaveProperty('key');
      const again = await acme.client.post(`/api-keys/${made.id}/revoke`);
      expect([again.status, again.body]).toEqual([200, revoked.body]);
    });

    it('of others cannot be revoked, and are not told from those that never were', async () => {
      const theirs = await newKey(service.platform, globex.id, 'member');
      const answers = await Promise.all(
        [theirs.id, 'api_1111111111111111111111', 'nothing'].map((id) => acme.client.post(`/api-keys/${id}/revoke`)),
      );
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect(await works(theirs.key)).toBe(true);
      expect((await service.platform.post(`/api-keys/${theirs.id}/revoke`)).status).toBe(200);
      expect(await works(theirs.key)).toBe(false);
    });

    it('are made and revoked with a line in the log, which says whose they are and who did it', async () => {
      const made = await makeKey(acme.client, { role: 'auditor', name: 'Told' });
      const { id, attributes } = made.body.data;
      await acme.client.post(`/api-keys/${id}/revoke`, { body: { data: { attributes: {} } } });
      const lines = (): Record<string, unknown>[] =>
        service
          .log()
          .split('\n')
          .filter((line) => line.includes(id))
          .map((line) => JSON.parse(line));
      await until('both are told', () => lines().length >= 2);
      const told = { apiKey: id, organization: acme.id, role: 'auditor', by: expect.stringMatching(/^api_/) };
      expect(lines()).toMatchObject([
        { ...told, msg: 'API key made' },
        { ...told, msg: 'API key revoked' },
      ]);
      expect(service.log()).not.toContain(attributes.key);
    });

    it('are refused once they have expired', async () => {
      const end = new Date(Date.now() + 2_000).toISOString();
      const made = await newKey(service.platform, acme.id, 'member', { expiresAt: end });
      const listed = await acme.client.get('/api-keys?page[size]=100');
      const found = listed.body.data.find(({ id }: { id: string }) => id === made.id);
      expect(found.attributes['expires-at']).toBe(end);
      for (;;) {
        const asked = new Date().toISOString();
        const worked = await works(made.key);
        if (!worked) break;
        // It may be let in until its last millisecond, and never after it.
        expect(asked < end).toBe(true);
      }
      expect(new Date().toISOString() >= end).toBe(true);
    });

    it('are listed to an admin of their organization only, without their secrets', async () => {
      const [mine, theirs] = await Promise.all([
        acme.client.get('/api-keys?page[size]=100'),
        globex.client.get('/api-keys'),
      ]);
      for (const [list, id] of [
        [mine, acme.id],
        [theirs, globex.id],
      ] as const) {
        expect(list.body.data.length).toBeGreaterThan(0);
        for (const { attributes } of list.body.data) {
          expect(attributes['organization-id']).toBe(id);
          expect(attributes).not.toHaveProperty('key');
        }
      }
      const foreign = await acme.client.get(`/api-keys?filter[organization-id]=${globex.id}`);
      expect(refusalOf(foreign)).toEqual([403, 'foreign-organization']);
      const filtered = await service.platform.get(`/api-keys?filter[organization-id]=${globex.id}`);
      const idsIn = ({ body }: Answer): string[] => (body.data as { id: string }[]).map(({ id }) => id);
      expect(idsIn(filtered)).toEqual(idsIn(theirs));
    });

    it('are kept nowhere in a form that could be used', async () => {
      const { key } = await newKey(service.platform, acme.id, 'member');
      const attributes = { role: 'member', name: 'Once' };
      const headers = { 'idempotency-key': 'kept nowhere' };
      const made = await acme.client.post('/api-keys', { headers, body: { data: { attributes } } });
      const secrets = [key, made.body.data.attributes.key as string].map((whole) => whole.split('_')[2]!);
      const files = readdirSync(service.folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name !== 'demo.json')
        .map(({ parentPath, name }) => join(parentPath, name));
      for (const file of files) {
        const bytes = readFileSync(file);
        for (const secret of secrets) expect([file, bytes.includes(secret)]).toEqual([file, false]);
      }
      const stores = await storesOf(service.folder);
      const rows = [
        await stores.database.reader.selectFrom('api_keys').selectAll().execute(),
        await stores.database.reader.selectFrom('idempotency').selectAll().execute(),
      ];
      await closeStores(stores);
      expect(rows.map(({ length }) => length)).not.toContain(0);
      for (const secret of secrets) expect(JSON.stringify(rows)).not.toContain(secret);
      for (const secret of secrets) expect(service.log()).not.toContain(secret);
    });
  });

  it.each(['/organizations', '/api-keys'])(
    '%s comes in pages, newest first, while more are being made',
    async (path) => {
      const idsOf = (page: Answer): string[] => page.body.data.map(({ id }: { id: string }) => id);
      const there = idsOf(await service.platform.get(`${path}?page[size]=100`));
      expect(there.length).toBeGreaterThan(6);
      const seen: string[] = [];
      let next: string | null = `${path}?page[size]=3`;
      while (next !== null) {
        const page: Answer = await service.platform.get(next);
        expect(page.body.data.length).toBeLessThanOrEqual(3);
        seen.push(...idsOf(page));
        const times = page.body.data.map(({ attributes }: { attributes: object }) =>
          String((attributes as Record<string, unknown>)['created-at']),
        );
        expect(times).toEqual([...times].sort().reverse());
        await newOrganization(service.platform, 'Late');
        next = page.body.links.next as string | null;
      }
      expect(seen).toEqual(there);
    },
  );
});
