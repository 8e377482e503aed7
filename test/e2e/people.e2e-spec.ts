import { Browser, signedIn } from '../support/browser';
import { type Answer, Client, newOrganization, type Party, positionOf } from '../support/client';
import { joined, tokenOf } from '../support/people';
import { refused } from '../support/refusals';
import { storesOf } from '../support/servers';
import { TestedService } from '../support/tested-service';

const PASSWORD = 'correct horse battery staple';

describe('people', () => {
  const service = new TestedService();
  let url: string;
  let acme: Party;
  let globex: Party;
  beforeAll(async () => {
    url = service.url;
    [acme, globex] = [
      await newOrganization(service.platform, 'Acme'),
      await newOrganization(service.platform, 'Globex'),
    ];
  });

  const invite = (by: Party | Browser, attributes: object, headers: Record<string, string> = {}): Promise<Answer> =>
    by instanceof Browser
      ? by.post('/invitations', attributes, headers)
      : by.client.post('/invitations', { body: { data: { attributes } }, headers });
  const accept = (token: string, more: object = {}, browser = new Browser(url)): Promise<Answer> =>
    browser.post('/invitations/accept', { token, ...more });
  const rolesOf = async (party: Party): Promise<Record<string, string>> => {
    const { body } = await party.client.get('/members?page[size]=100');
    return Object.fromEntries(
      body.data.map(({ id, attributes }: { id: string; attributes: { role: string } }) => [id, attributes.role]),
    );
  };

  describe('of the demonstration', () => {
    it('sign in with the passwords that it tells', async () => {
      const { source, destination } = service.demo;
      for (const { person, 'organization-id': organization } of [source, destination]) {
        const answer = await (await signedIn(url, person)).get('/session');
        expect(answer.body.data.attributes).toMatchObject({
          person: { email: person.email },
          memberships: [{ 'organization-id': organization, role: 'admin' }],
          'has-password': true,
        });
      }
    });
  });

  describe('are invited', () => {
    it('by a link that is shown once, says what it is for, and lets in once', async () => {
      const made = await invite(acme, { email: ' Grace@Example.com ', role: 'auditor' });
      expect(made.status).toBe(201);
      const { link, ...attributes } = made.body.data.attributes;
      expect(attributes).toMatchObject({ email: 'grace@example.com', role: 'auditor', state: 'open' });
      expect(link).toMatch(new RegExp(`^${url}/invitations#[0-9A-Za-z]{44}$`));
      for (const query of ['', '?filter[state]=open']) {
        const listed = await acme.client.get(`/invitations${query}`);
        expect(listed.body.data).toEqual([{ ...made.body.data, attributes }]);
        expect(listed.text).not.toContain(tokenOf(made));
      }

      const browser = new Browser(url);
      const token = tokenOf(made);
      const view = await browser.post('/invitations/view', { token });
      expect(view.body.data).toEqual({
        type: 'invitation-views',
        attributes: {
          'organization-name': 'Acme',
          email: 'grace@example.com',
          role: 'auditor',
          'has-account': false,
          'expires-at': attributes['expires-at'],
        },
      });
      const joining = await accept(token, { name: ' Grace Hopper ', password: PASSWORD }, browser);
      expect(joining.status).toBe(201);
      expect(joining.body.data.attributes).toMatchObject({
        person: { name: 'Grace Hopper', email: 'grace@example.com' },
        memberships: [{ 'organization-id': acme.id, 'organization-name': 'Acme', role: 'auditor' }],
      });
      expect((await browser.get('/organization')).body.data.id).toBe(acme.id);

      refused(await accept(token, { name: 'Again', password: PASSWORD }), 410, 'invitation-ended');
      refused(await new Browser(url).post('/invitations/view', { token }), 410, 'invitation-ended');
      expect((await acme.client.get('/invitations')).body.data[0].attributes.state).toBe('accepted');
      expect((await acme.client.get('/invitations?filter[state]=open')).body.data).toEqual([]);
      refused(await acme.client.get('/invitations?filter[state]=accepted'), 400, [
        'invalid-parameter',
        'filter[state]',
      ]);
      refused(await invite(acme, { email: 'grace@example.com', role: 'member' }), 409, 'already-member');
    });

    it('into a further organization with the account that they have: signed in, or by its password', async () => {
      const { browser, person, id } = await joined(acme.client, 'member');
      const first = tokenOf(await invite(globex, { email: person.email, role: 'admin' }));
      expect((await browser.post('/invitations/view', { token: first })).body.data.attributes['has-account']).toBe(
        true,
      );
      refused(await accept(first), 422, ['missing-attribute', '/data/attributes/password']);
      refused(await accept(first, { password: `${PASSWORD}!` }), 401, 'sign-in-refused');
      const before = (await browser.get('/session')).body.data;
      const joining = await accept(first, {}, browser);
      expect(joining.body.data.attributes.memberships.map((one: { role: string }) => one.role)).toEqual([
        'member',
        'admin',
      ]);
      // What showed who they are lasts no longer by it: it may be somebody else's by now.
      expect(joining.headers.getSetCookie()).toEqual([]);
      const { id: session, attributes } = joining.body.data;
      expect([session, attributes['expires-at']]).toEqual([before.id, before.attributes['expires-at']]);

      const initech = await newOrganization(service.platform, 'Initech');
      const second = tokenOf(await invite(initech, { email: person.email, role: 'auditor' }));
      const other = await accept(second, { password: person.password });
      expect(other.body.data.attributes.person.id).toBe(id);
      expect(other.body.data.attributes.memberships).toHaveLength(3);
    });

    it('and nobody else who has the link joins as themselves', async () => {
      const { browser, person } = await joined(acme.client, 'member');
      const token = tokenOf(await invite(globex, { email: 'somebody-else@example.com', role: 'admin' }));
      refused(await accept(token, {}, browser), 403, 'wrong-person');
      expect((await browser.get('/session')).body.data.attributes.memberships).toHaveLength(1);
      // Who has an account is asked for its password, whatever name and password they would like to have.
      const mine = tokenOf(await invite(globex, { email: person.email, role: 'admin' }));
      refused(await accept(mine, { name: 'Mallory', password: 'another password of mine' }), 401, 'sign-in-refused');
    });

    it('in vain, where the link is no link, is revoked or is too old', async () => {
      for (const token of ['', 'x'.repeat(44), 'inv_1', 'x'.repeat(100)]) {
        refused(await accept(token, { name: 'N', password: PASSWORD }), 404, ['not-found', '/data/attributes/token']);
      }
      const made = await invite(acme, { email: 'late@example.com', role: 'member' });
      const { id } = made.body.data;
      refused(await globex.client.post(`/invitations/${id}/revoke`), 404, 'not-found');
      const revoked = await acme.client.post(`/invitations/${id}/revoke`);
      expect(revoked.body.data.attributes).toMatchObject({ state: 'revoked', 'revoked-at': expect.any(String) });
      expect((await acme.client.post(`/invitations/${id}/revoke`)).body).toEqual(revoked.body);
      const refusal = await accept(tokenOf(made), { name: 'N', password: PASSWORD });
      refused(refusal, 410, 'invitation-ended');
      expect(refusal.body.errors[0].meta).toEqual({ state: 'revoked' });
      expect(refusal.headers.getSetCookie()).toEqual([]);

      const old = await invite(acme, { email: 'late@example.com', role: 'member' });
      const stores = await storesOf(service.folder);
      await stores.database.writer
        .updateTable('invitations')
        .set({ expires_at: new Date(Date.now() - 1).toISOString() })
        .where('id', '=', old.body.data.id)
        .execute();
      await stores.eventStore.close();
      await stores.database.close();
      const tooLate = await accept(tokenOf(old), { name: 'N', password: PASSWORD });
      expect([tooLate.status, tooLate.body.errors[0].meta]).toEqual([410, { state: 'expired' }]);
    });

    it('by one of a few who try at once, so that the work on passwords leaves others their turn', async () => {
      const token = tokenOf(await invite(acme, { email: 'eager@example.com', role: 'member' }));
      const attempts = Array.from({ length: 12 }, () => accept(token, { name: 'Eager', password: PASSWORD }));
      const statuses = (await Promise.all(attempts)).map(({ status }) => status);
      expect(statuses.filter((status) => status === 201)).toHaveLength(1);
      // How many find places taken depends on when each of them comes.
      expect(statuses).toContain(429);
    });

    it('with a name and a password that will do', async () => {
      const token = tokenOf(await invite(acme, { email: 'careful@example.com', role: 'member' }));
      refused(
        await accept(token),
        422,
        ['missing-attribute', '/data/attributes/name'],
        ['missing-attribute', '/data/attributes/password'],
      );
      refused(await accept(token, { name: 'N', password: 'eleven char' }), 422, [
        'invalid-attribute',
        '/data/attributes/password',
      ]);
      refused(await accept(token, { name: ' ', password: PASSWORD }), 422, [
        'invalid-attribute',
        '/data/attributes/name',
      ]);
      expect((await accept(token, { name: 'N', password: 'twelve chars' })).status).toBe(201);
    });

    it('anew, after which the earlier link leads nowhere', async () => {
      const [first, second] = [
        await invite(acme, { email: 'twice@example.com', role: 'member' }),
        await invite(acme, { email: 'TWICE@example.com', role: 'admin' }),
      ];
      refused(await accept(tokenOf(first), { name: 'N', password: PASSWORD }), 410, 'invitation-ended');
      expect((await accept(tokenOf(second), { name: 'N', password: PASSWORD })).status).toBe(201);
    });

    it.each([
      ['https', 'https'],
      ['http', 'http'],
      ['javascript', 'http'],
    ])('by a link that a browser opens, where a proxy says %s', async (told, scheme) => {
      const made = await invite(acme, { email: `${told}@example.com`, role: 'member' }, { 'x-forwarded-proto': told });
      expect(new URL(made.body.data.attributes.link).origin).toBe(url.replace('http:', `${scheme}:`));
    });

    it('once, however often the request is repeated, and the link is in no repeated answer', async () => {
      const headers = { 'idempotency-key': 'invite-once' };
      const [first, again] = [
        await invite(acme, { email: 'once@example.com', role: 'member' }, headers),
        await invite(acme, { email: 'once@example.com', role: 'member' }, headers),
      ];
      expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
      expect(again.body.data).toEqual({
        ...first.body.data,
        attributes: { ...first.body.data.attributes, link: null },
      });
      expect((await new Browser(url).post('/invitations/view', { token: tokenOf(first) })).status).toBe(200);
      // A person’s keys and those of API keys are their organization’s.
      const { browser } = await joined(acme.client, 'admin');
      const another = await invite(browser, { email: 'other@example.com', role: 'member' }, headers);
      refused(another, 422, ['idempotency-mismatch', 'Idempotency-Key']);
    });

    it('by admins alone', async () => {
      const attributes = { email: 'nobody@example.com', role: 'member' };
      for (const role of ['member', 'auditor']) {
        const { browser } = await joined(acme.client, role);
        refused(await invite(browser, attributes), 403, 'not-permitted');
        refused(await browser.get('/invitations'), 403, 'not-permitted');
        expect((await browser.get('/members')).status).toBe(200);
      }
      for (const key of [service.demo.platform.key, service.demo.auditor.key]) {
        const client = new Client(url, key);
        refused(await client.post('/invitations', { body: { data: { attributes } } }), 403, 'not-permitted');
        refused(await client.get('/members'), 403, 'not-permitted');
      }
      refused(
        await invite(acme, { email: 'nobody', role: 'platform-admin' }),
        422,
        ['invalid-attribute', '/data/attributes/email'],
        ['invalid-attribute', '/data/attributes/role'],
      );
    });
  });

  describe('belong to organizations', () => {
    it('and speak for the one that they name', async () => {
      const { browser, person } = await joined(acme.client, 'admin');
      expect((await browser.get('/organization')).body.data.id).toBe(acme.id);
      await accept(tokenOf(await invite(globex, { email: person.email, role: 'auditor' })), {}, browser);

      refused(await browser.get('/organization'), 400, ['invalid-header', 'Connect-Organization']);
      const as = (organization: string): Record<string, string> => ({ 'connect-organization': organization });
      expect((await browser.get('/organization', { headers: as(acme.id) })).body.data.id).toBe(acme.id);
      expect((await browser.get('/organization', { headers: as(globex.id) })).body.data.id).toBe(globex.id);
      expect((await browser.get('/api-keys', { headers: as(acme.id) })).status).toBe(200);
      refused(await browser.get('/api-keys', { headers: as(globex.id) }), 403, 'not-permitted');

      const foreign = await newOrganization(service.platform, 'Foreign');
      const answers = [foreign.id, 'org_none', '', `${acme.id}, ${globex.id}`].map((id) =>
        browser.get('/organization', { headers: as(id) }),
      );
      const [theirs, none, ...others] = await Promise.all(answers);
      for (const answer of [theirs!, none!, ...others]) refused(answer, 404, ['not-found', 'Connect-Organization']);
      expect(theirs!.text).toBe(none!.text);
      // A key speaks for its own organization, whatever is named.
      expect((await acme.client.get('/organization', { headers: as(globex.id) })).body.data.id).toBe(acme.id);
    });

    it('and are not taken for whoever else has signed in at the same browser', async () => {
      const [ada, bob] = [await joined(acme.client, 'member', 'Ada'), await joined(acme.client, 'member', 'Bob')];
      const { browser } = ada;
      const as = (id: string): { headers: Record<string, string> } => ({ headers: { 'connect-person': id } });
      const named = ['another-person', 'Connect-Person'] as const;
      const created = await browser.send('POST', '/connect/connections', {
        ...as(ada.id),
        body: { data: { attributes: { 'destination-organization-id': globex.id } } },
      });
      expect(created.status).toBe(201);
      const step = `/connect/connections/${created.body.data.id}/deactivate`;
      await browser.signIn(bob.person);
      const stepped = await browser.send('POST', step, as(ada.id));
      refused(stepped, 403, [...named]);
      expect(stepped.headers.get('ratelimit-limit')).not.toBeNull();
      for (const path of ['/connect/connections', '/connect/events/stream', '/session'])
        refused(await browser.get(path, as(ada.id)), 403, [...named]);
      for (const id of ['', 'nobody', `${bob.id}, ${ada.id}`])
        refused(await browser.get('/organization', as(id)), 403, [...named]);
      for (const path of ['/session/end', '/session/end-all'])
        refused(await browser.send('POST', path, as(ada.id)), 403, [...named]);
      expect((await browser.get('/session')).body.data.attributes.person.name).toBe('Bob');
      expect((await browser.send('POST', step, as(bob.id))).status).toBe(200);
      // Whoever signs in again goes on.
      await browser.signIn(ada.person);
      expect((await browser.get('/session', as(ada.id))).status).toBe(200);
      // A key is nobody.
      expect((await acme.client.get('/connect/connections', as(ada.id))).status).toBe(200);
    });

    it('and can do nothing more for one that they were removed from', async () => {
      const { browser, id } = await joined(acme.client, 'member');
      expect((await browser.get('/organization')).status).toBe(200);
      const removed = await acme.client.post(`/members/${id}/remove`);
      expect(removed.body.data).toMatchObject({ type: 'members', id, attributes: { role: 'member' } });
      refused(await browser.get('/organization'), 400, ['invalid-header', 'Connect-Organization']);
      browser.organization = acme.id;
      refused(await browser.get('/organization'), 404, ['not-found', 'Connect-Organization']);
      refused(await browser.post('/connect/connections', { 'destination-organization-id': globex.id }), 404, [
        'not-found',
        'Connect-Organization',
      ]);
      expect((await browser.get('/session')).body.data.attributes.memberships).toEqual([]);
      refused(await acme.client.post(`/members/${id}/remove`), 404, 'not-found');
    });

    it('with roles that admins change, at once', async () => {
      const own = await newOrganization(service.platform, 'Roles');
      const [ada, grace] = [await joined(own.client, 'admin', 'Ada'), await joined(own.client, 'member', 'Grace')];
      const change = (browser: Browser, id: string, role: string): Promise<Answer> =>
        browser.post(`/members/${id}/role`, { role });
      refused(await change(grace.browser, grace.id, 'admin'), 403, 'not-permitted');
      refused(await change(ada.browser, ada.id, 'member'), 409, 'last-admin');
      refused(await ada.browser.post(`/members/${ada.id}/remove`), 409, 'last-admin');
      refused(await change(ada.browser, grace.id, 'owner'), 422, ['invalid-attribute', '/data/attributes/role']);
      const stranger = await joined(acme.client, 'member');
      for (const id of ['usr_none', 'none', stranger.id])
        refused(await change(ada.browser, id, 'admin'), 404, 'not-found');

      expect((await change(ada.browser, grace.id, 'admin')).body.data.attributes.role).toBe('admin');
      expect((await change(grace.browser, ada.id, 'auditor')).body.data.attributes.role).toBe('auditor');
      refused(await change(ada.browser, grace.id, 'member'), 403, 'not-permitted');
      expect(await rolesOf(own)).toEqual({ [ada.id]: 'auditor', [grace.id]: 'admin' });
      const { body } = await own.client.get('/members?page[size]=1');
      expect(body.data[0].attributes).toMatchObject({
        name: 'Grace',
        role: 'admin',
        'last-seen-at': expect.any(String),
      });
      expect((await own.client.get(body.links.next)).body.data[0].attributes.name).toBe('Ada');
    });
  });

  describe('act', () => {
    it('as users, by the id that events have and never by their name', async () => {
      const [source, destination] = [
        await newOrganization(service.platform, 'S'),
        await newOrganization(service.platform, 'D'),
      ];
      const [ada, grace] = [
        await joined(source.client, 'member', 'Ada L.'),
        await joined(destination.client, 'admin', 'Grace H.'),
      ];
      const created = await ada.browser.post(
        '/connect/connections',
        { 'destination-organization-id': destination.id, name: 'By hand' },
        { 'idempotency-key': 'a double click' },
      );
      expect(created.status).toBe(201);
      expect(created.body.data.attributes).toMatchObject({ 'creator-id': ada.id, 'creator-type': 'user' });
      const again = await ada.browser.post(
        '/connect/connections',
        { 'destination-organization-id': destination.id, name: 'By hand' },
        { 'idempotency-key': 'a double click' },
      );
      expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([created.text, 'true']);
      const { id } = created.body.data;
      const activated = await grace.browser.post(`/connect/connections/${id}/activate`);
      const redacted = await grace.browser.post(`/connect/connections/${id}/events/0/redact`);
      refused(redacted, 403, 'not-permitted');
      expect(activated.body.data.meta['allowed-actions']).toEqual(['deactivate']);
      const history = await source.client.get(`/connect/connections/${id}/events`, { headers: positionOf(activated) });
      expect(history.body.data.map((entry: Answer['body']) => entry.attributes.actor)).toEqual([
        { type: 'user', id: ada.id, 'organization-id': source.id, role: 'source' },
        { type: 'user', id: grace.id, 'organization-id': destination.id, role: 'destination' },
      ]);
      expect(history.body.data[0].attributes.summary).toContain(`as user ${ada.id} at `);
      for (const text of [ada.person.email, grace.person.email, 'Ada L.', 'Grace H.']) {
        expect(history.text).not.toContain(text);
      }
    });

    it('as far as their role lets them', async () => {
      const own = await newOrganization(service.platform, 'Own');
      const member = (await joined(own.client, 'member')).browser;
      const auditor = (await joined(own.client, 'auditor')).browser;
      const admin = (await joined(own.client, 'admin')).browser;
      const create = (browser: Browser): Promise<Answer> =>
        browser.post('/connect/connections', { 'destination-organization-id': acme.id });
      refused(await create(auditor), 403, 'not-permitted');
      expect((await create(member)).status).toBe(201);
      refused(await member.get('/audit/accesses'), 403, 'not-permitted');
      expect((await auditor.get('/audit/accesses')).status).toBe(200);
      refused(await auditor.post('/api-keys', { role: 'member', name: 'x' }), 403, 'not-permitted');
      expect((await admin.post('/api-keys', { role: 'member', name: 'x' })).status).toBe(201);
      refused(await admin.post('/organizations', { name: 'x' }), 403, 'not-permitted');
    });

    it('and it is on record who looked', async () => {
      const own = await newOrganization(service.platform, 'Looked at');
      const created = await own.client.create(acme.id);
      const { browser, id } = await joined(own.client, 'auditor');
      const events = `/connect/connections/${created.body.data.id}/events`;
      expect((await browser.get(events, { headers: positionOf(created) })).status).toBe(200);
      const accesses = await browser.get(`/audit/accesses?filter[credential-id]=${id}`);
      expect(accesses.body.data.map((access: Answer['body']) => access.attributes)).toMatchObject([
        { 'credential-id': id, role: 'auditor', kind: 'history', 'organization-id': own.id },
      ]);
    });
  });
});
