import type { DemoPerson } from '../../apps/api/src/demo/demo';
import { Browser, FROM_OUR_PAGE, signedIn } from '../support/browser';
import { type Answer, Client } from '../support/client';
import { joined, tokenOf } from '../support/people';
import { refused } from '../support/refusals';
import { storesOf } from '../support/servers';
import { TestedService } from '../support/tested-service';
import { until } from '../support/until';

/** Headers that differ between any two answers, whatever was asked. */
const PASSING = ['request-id', 'date'];

const shown = ({ status, headers, text }: Answer): unknown => ({
  status,
  headers: [...headers].filter(([name]) => !PASSING.includes(name)),
  text,
});

describe('signing in', () => {
  const PUBLIC_URL = 'https://connections.example.com';
  const service = new TestedService({ PUBLIC_URL, RATE_LIMIT_PER_MINUTE: '200', LOG_LEVEL: 'info' });
  let url: string;
  let ada: DemoPerson;
  let acme: Client;
  beforeAll(async () => {
    url = service.url;
    ada = service.demo.source.person;
    acme = new Client(url, service.demo.source.key);
  });

  /** As if it came from elsewhere, by a proxy that is believed. */
  const from = (address: string): Record<string, string> => ({ 'x-forwarded-for': address });

  it('is told how', async () => {
    const { status, body } = await new Browser(url).get('/session/methods');
    expect([status, body.data]).toEqual([
      200,
      { type: 'sign-in-methods', attributes: { password: true, 'single-sign-on': null } },
    ]);
  });

  it('gives a cookie that only this host gets back, over TLS alone, and that no script reads', async () => {
    const answer = await new Browser(url).signIn({ ...ada, email: ` ${ada.email.toUpperCase()} ` });
    expect(answer.status).toBe(201);
    const [cookie, ...others] = answer.headers.getSetCookie();
    expect(others).toEqual([]);
    const [pair, ...attributes] = cookie!.split('; ');
    expect(pair).toMatch(/^__Host-session=[1-9A-HJ-NP-Za-km-z]{44}$/);
    expect(attributes.map((attribute) => attribute.replace(/\d+/, 'n')).sort()).toEqual([
      'HttpOnly',
      'Max-Age=n',
      'Path=/',
      'SameSite=Lax',
      'Secure',
    ]);
    const lasts = Number(/Max-Age=(\d+)/.exec(cookie!)?.[1]);
    expect(lasts).toBeLessThanOrEqual(12 * 3_600);
    expect(lasts).toBeGreaterThan(11 * 3_600);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.text).not.toContain(pair!.split('=')[1]);
  });

  it('tells who it is, and never what lets in', async () => {
    const browser = await signedIn(url, ada);
    const { body, text } = await browser.get('/session');
    const { id } = body.data.attributes.person;
    expect(body.data).toEqual({
      type: 'sessions',
      id: expect.stringMatching(/^ses_/),
      attributes: {
        person: { id: expect.stringMatching(/^usr_/), name: 'Ada Acme', email: ada.email },
        memberships: [
          { 'organization-id': service.demo.source['organization-id'], 'organization-name': 'Acme', role: 'admin' },
        ],
        'has-password': true,
        'created-at': expect.any(String),
        'idle-expires-at': expect.any(String),
        'expires-at': expect.any(String),
      },
    });
    const token = browser.cookie!.split('=')[1]!;
    const stores = await storesOf(service.folder);
    const stored = JSON.stringify([
      await stores.database.reader.selectFrom('sessions').selectAll().execute(),
      await stores.database.reader.selectFrom('people').selectAll().where('id', '=', id).execute(),
    ]);
    await stores.eventStore.close();
    await stores.database.close();
    for (const secret of [token, ada.password]) {
      expect(stored).not.toContain(secret);
      expect(text).not.toContain(secret);
      expect(service.log()).not.toContain(secret);
    }
    expect(stored).toContain('$argon2id$v=19$');
    expect(service.log()).not.toContain(ada.email);
  });

  it('is refused in one way, whether nobody has the e-mail address or the password is wrong', async () => {
    const attempts = [
      { email: ada.email, password: 'wrong' },
      { email: 'nobody@example.com', password: 'wrong' },
      { email: ada.email, password: '' },
      { email: 'nobody@example.com', password: ada.password },
    ];
    const answers = await Promise.all(attempts.map((attempt) => new Browser(url).signIn(attempt)));
    for (const answer of answers) {
      refused(answer, 401, 'sign-in-refused');
      expect(answer.headers.getSetCookie()).toEqual([]);
      expect(shown(answer)).toEqual(shown(answers[0]!));
    }
  });

  it('is refused for what is no e-mail address, and by no error that repeats the password', async () => {
    const browser = new Browser(url);
    const answer = await browser.post('/session', { email: 'ada', password: 7, remember: true });
    refused(
      answer,
      400,
      ['unknown-attribute', '/data/attributes/remember'],
      ['invalid-attribute', '/data/attributes/email'],
      ['invalid-attribute', '/data/attributes/password'],
    );
    for (const email of [
      'a\u202eb@example.com',
      '\ud800@example.com',
      'a\udc00b@example.com',
      'a@b\ud800.com',
      'a\0b@example.com',
    ]) {
      const attempt = await browser.post('/session', { email, password: 'wrong' });
      refused(attempt, 422, ['invalid-attribute', '/data/attributes/email']);
      const invitation = await acme.post('/invitations', { body: { data: { attributes: { email, role: 'member' } } } });
      refused(invitation, 422, ['invalid-attribute', '/data/attributes/email']);
    }
    const long = await browser.post('/session', { email: ada.email, password: 'x'.repeat(201) });
    refused(long, 422, ['invalid-attribute', '/data/attributes/password']);
    expect(long.text).not.toContain('xxx');
  });

  it('begins a new session each time, and ends the one before in the same browser', async () => {
    const browser = await signedIn(url, ada);
    const before = browser.cookie!;
    await browser.signIn(ada);
    expect(browser.cookie).not.toBe(before);
    refused(await new Browser(url).get('/session', { headers: { cookie: before } }), 401, 'unauthenticated');
    expect((await browser.get('/session')).status).toBe(200);
    // What somebody else put there is not what lets in.
    const fixed = new Browser(url);
    fixed.cookie = `__Host-session=${'1'.repeat(44)}`;
    await fixed.signIn(ada);
    expect(fixed.cookie).not.toContain('1'.repeat(44));
  });

  it('is not remembered for an Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'sign-in' };
    const [first, second] = [await new Browser(url).signIn(ada, headers), await new Browser(url).signIn(ada, headers)];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.headers.get('idempotent-replayed')).toBeNull();
    expect(second.headers.getSetCookie()).not.toEqual(first.headers.getSetCookie());
  });

  it('is one of a few at once for one e-mail address, so that others have their turn', async () => {
    const { person } = await joined(acme, 'member');
    const attempts = Array.from({ length: 12 }, (_, n) => new Browser(url).signIn(person, from(`192.0.2.${n}`)));
    const answers = await Promise.all(attempts);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 429]));
    const turnedAway = answers.find(({ status }) => status === 429)!;
    refused(turnedAway, 429, 'rate-limited');
    expect(turnedAway.headers.get('retry-after')).toBe('1');
    // None of them has failed.
    expect((await new Browser(url).signIn(person)).status).toBe(201);
  });

  it('is not kept from anybody by as many as come from a few other networks', async () => {
    let flooding = true;
    const statuses = new Set<number>();
    const flood = Array.from({ length: 90 }, async (_, n) => {
      while (flooding) {
        const wrong = { email: `nobody-${n}@example.com`, password: 'wrong' };
        statuses.add((await new Browser(url).signIn(wrong, from(`198.51.100.${n % 3}`))).status);
      }
    });
    try {
      await until('the queue is full', () => statuses.has(503));
      for (let n = 0; n < 4; n += 1) {
        expect((await new Browser(url).signIn(ada, from('203.0.113.7'))).status).toBe(201);
      }
    } finally {
      flooding = false;
      await Promise.all(flood);
    }
  });

  it('is refused for a while after too many failures for one e-mail address, known or not', async () => {
    const { person } = await joined(acme, 'member');
    const told = [];
    for (const email of [person.email, 'unknown@example.com']) {
      const attempt = (n: number): Promise<Answer> =>
        new Browser(url).signIn({ email, password: 'wrong' }, from(`192.0.2.${n}`));
      const statuses: number[] = [];
      for (const first of [0, 4, 8]) {
        const answers = await Promise.all([0, 1, 2, 3].map((n) => attempt(first + n)));
        statuses.push(...answers.map(({ status }) => status));
      }
      expect(statuses.sort()).toEqual([...Array<number>(10).fill(401), 429, 429]);
      const last = await new Browser(url).signIn({ email: email.toUpperCase(), password: person.password });
      refused(last, 429, 'rate-limited');
      expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(last.headers.getSetCookie()).toEqual([]);
      told.push(last.body.errors[0].details.replace(/\d+/, 'n'));
    }
    expect(told[0]).toBe(told[1]);
    // Nor are those of the same network kept out, by tries of which no password was looked at …
    const neighbours = from('192.0.2.200');
    const inVain = Array.from({ length: 110 }, () =>
      new Browser(url).signIn({ email: 'unknown@example.com', password: 'wrong' }, neighbours),
    );
    expect(new Set((await Promise.all(inVain)).map(({ status }) => status))).toEqual(new Set([429]));
    expect((await new Browser(url).signIn(ada, neighbours)).status).toBe(201);
    // Others sign in as before.
    expect((await new Browser(url).signIn(ada)).status).toBe(201);
  });

  it('is kept from nobody’s own password, who is signed in, by what others try', async () => {
    const { browser, person } = await joined(acme, 'member');
    for (let n = 0; n < 11; n += 1) {
      await new Browser(url).signIn({ ...person, password: 'wrong' }, from(`192.0.2.${n}`));
    }
    refused(await new Browser(url).signIn(person), 429, 'rate-limited');
    const change = (current: string): Promise<Answer> =>
      browser.post('/session/password', { 'current-password': current, 'new-password': 'a new one that is long' });
    for (let n = 0; n < 9; n += 1) {
      refused(await change('wrong'), 422, ['wrong-password', '/data/attributes/current-password']);
    }
    expect((await change(person.password)).status).toBe(200);
    for (let n = 0; n < 10; n += 1) expect((await change('wrong')).status).toBe(422);
    refused(await change('a new one that is long'), 429, 'rate-limited');
  });

  it('counts failures anew after one that went well', async () => {
    const { person } = await joined(acme, 'member');
    for (let round = 0; round < 2; round += 1) {
      for (let n = 0; n < 6; n += 1) {
        expect((await new Browser(url).signIn({ ...person, password: 'wrong' })).status).toBe(401);
      }
      expect((await new Browser(url).signIn(person)).status).toBe(201);
    }
  });

  it('counts as one network what is one: all addresses of an IPv6 network, and what no trusted proxy says', async () => {
    const attempt = (n: number, address: string): Promise<Answer> =>
      new Browser(url).signIn({ email: `many-${n}@example.com`, password: 'wrong' }, from(address));
    const statuses: number[] = [];
    for (let n = 0; n < 100; n += 10) {
      const some = Array.from({ length: 10 }, (_, more) => attempt(n + more, `2001:db8:1:2::${n + more}`));
      statuses.push(...(await Promise.all(some)).map(({ status }) => status));
    }
    expect(statuses).toEqual(Array(100).fill(401));
    refused(await attempt(100, '2001:db8:1:2:ffff::1'), 429, 'rate-limited');
    refused(await attempt(101, '198.51.100.1, 2001:db8:1:2::7'), 429, 'rate-limited');
    refused(await attempt(101, '[2001:db8:1:2::7]:1234'), 429, 'rate-limited');
    expect((await attempt(102, '2001:db8:1:3::1')).status).toBe(401);
  });

  describe('ends', () => {
    it('when the person says so, here', async () => {
      const [browser, other] = [await signedIn(url, ada), await signedIn(url, ada)];
      const { cookie } = browser;
      const ended = await browser.post('/session/end');
      expect(ended.status).toBe(200);
      expect(ended.headers.getSetCookie()).toEqual([
        '__Host-session=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax',
      ]);
      refused(await new Browser(url).get('/session', { headers: { cookie: cookie! } }), 401, 'unauthenticated');
      expect((await other.get('/session')).status).toBe(200);
    });

    it('when the person says so, everywhere', async () => {
      const { browser, person } = await joined(acme, 'member');
      const [other, third] = [await signedIn(url, person), await signedIn(url, person)];
      const ended = await other.post('/session/end-all');
      expect(ended.body.meta).toEqual({ ended: 3 });
      expect(other.cookie).toBeUndefined();
      for (const each of [browser, third]) refused(await each.get('/session'), 401, 'unauthenticated');
      expect((await signedIn(url, ada)).cookie).toBeDefined();
    });

    it('everywhere else when the password is changed', async () => {
      const { browser, person } = await joined(acme, 'member');
      const other = await signedIn(url, person);
      const change = (current: string, next: string): Promise<Answer> =>
        browser.post('/session/password', { 'current-password': current, 'new-password': next });
      refused(await change('wrong', 'a new one that is long'), 422, [
        'wrong-password',
        '/data/attributes/current-password',
      ]);
      refused(await change(person.password, 'short'), 422, ['invalid-attribute', '/data/attributes/new-password']);
      const before = browser.cookie;
      expect((await change(person.password, 'a new one that is long')).status).toBe(200);
      expect(browser.cookie).not.toBe(before);
      expect((await browser.get('/session')).status).toBe(200);
      refused(await other.get('/session'), 401, 'unauthenticated');
      refused(await new Browser(url).signIn(person), 401, 'sign-in-refused');
      expect((await new Browser(url).signIn({ ...person, password: 'a new one that is long' })).status).toBe(201);
    });

    it('no later because of what a page asks with nobody at it', async () => {
      const { browser } = await joined(acme, 'member');
      const seen = async (headers: Record<string, string>): Promise<number> => {
        const { body } = await browser.get('/session', { headers });
        return Date.parse(body.data.attributes['idle-expires-at']) - 3_600_000;
      };
      const { body } = await browser.get('/session');
      const before = Date.now() - 1_800_000;
      const stores = await storesOf(service.folder);
      await stores.database.writer
        .updateTable('sessions')
        .set({ last_seen_at: new Date(before).toISOString() })
        .where('id', '=', body.data.id)
        .execute();
      await stores.eventStore.close();
      await stores.database.close();
      const unattended = {
        'connect-unattended': 'true',
        'connect-organization': service.demo.source['organization-id'],
      };
      await until('it is read anew', async () => (await seen(unattended)) === before);
      await browser.get('/organization', { headers: unattended });
      expect(await seen(unattended)).toBe(before);
      expect(await seen({})).toBeGreaterThan(before);
      expect(await seen(unattended)).toBeGreaterThan(before);
    });

    it.each([
      ['when it was not used for an hour', { last_seen_at: new Date(Date.now() - 3_600_000).toISOString() }],
      ['after twelve hours, however much it is used', { expires_at: new Date(Date.now() - 1).toISOString() }],
    ])('%s', async (_, since) => {
      const { browser } = await joined(acme, 'member');
      const { body } = await browser.get('/session');
      const stores = await storesOf(service.folder);
      await stores.database.writer.updateTable('sessions').set(since).where('id', '=', body.data.id).execute();
      await stores.eventStore.close();
      await stores.database.close();
      // What was read a moment ago counts for half a second.
      await until('the session has ended', async () => (await browser.get('/session')).status !== 200);
      refused(await browser.get('/session'), 401, 'unauthenticated');
    });
  });

  describe('lets a page do something only where the page is ours:', () => {
    const own = (): string => new URL(url).host;
    const origins: readonly (readonly [string, () => Record<string, string>, boolean])[] = [
      ['a page of ours', () => ({ 'sec-fetch-site': 'same-origin' }), true],
      ['a page of the same site', () => ({ 'sec-fetch-site': 'same-site' }), false],
      ['a page of another site', () => ({ 'sec-fetch-site': 'cross-site' }), false],
      ['no page', () => ({ 'sec-fetch-site': 'none' }), false],
      ['nobody knows what', () => ({ 'sec-fetch-site': '' }), false],
      ['two at once', () => ({ 'sec-fetch-site': 'same-origin, cross-site' }), false],
      [
        'another site’s that has our Origin',
        () => ({ 'sec-fetch-site': 'cross-site', origin: `http://${own()}` }),
        false,
      ],
      ['ours, in an old browser', () => ({ origin: `http://${own()}` }), true],
      ['ours, where people find it', () => ({ origin: PUBLIC_URL }), true],
      ['another site’s, in an old browser', () => ({ origin: 'https://evil.example' }), false],
      ['one that begins like ours', () => ({ origin: `http://${own()}.evil.example` }), false],
      ['ours but without TLS', () => ({ origin: PUBLIC_URL.replace('https', 'http') }), false],
      ['an origin that is none', () => ({ origin: 'null' }), false],
      ['one that does not say', () => ({}), false],
    ];
    let cookie: string;
    let token: string;
    beforeAll(async () => {
      cookie = (await signedIn(url, ada)).cookie!;
      const body = { data: { attributes: { email: 'page@example.com', role: 'member' } } };
      token = tokenOf(await acme.post('/invitations', { body }));
    });

    it.each(origins)('%s', async (_, headersOf, isOurs) => {
      const client = new Client(url, null);
      const post = (path: string, attributes: object): Promise<Answer> =>
        client.post(path, { body: { data: { attributes } }, headers: { ...headersOf(), cookie } });
      const answers = [
        await post('/invitations/view', { token }),
        await post('/connect/share-checks', {}),
        await post('/session', {}),
        await post('/invitations/accept', {}),
        await post('/session/password', {}),
      ];
      const statuses = isOurs ? [200, 422, 422, 422, 422] : [403, 403, 403, 403, 403];
      expect(answers.map(({ status }) => status)).toEqual(statuses);
      if (!isOurs) for (const answer of answers) refused(answer, 403, 'cross-site');
      // Reading does no harm: another site’s page cannot see what is answered.
      expect((await client.get('/session', { headers: { ...headersOf(), cookie } })).status).toBe(200);
    });

    it('while a key needs no page', async () => {
      const headers = { cookie, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
      const answer = await acme.post('/connect/share-checks', { body: { data: { attributes: {} } }, headers });
      expect(answer.status).toBe(422);
    });
  });

  describe('is not taken for a key:', () => {
    it('a key goes before a cookie, and is no person', async () => {
      const { cookie } = await signedIn(url, ada);
      const third = new Client(url, service.demo.third.key);
      const headers = { ...FROM_OUR_PAGE, cookie: cookie! };
      const own = await third.get('/organization', { headers });
      expect(own.body.data.id).toBe(service.demo.third['organization-id']);
      expect(own.headers.get('cache-control')).toBeNull();
      refused(await third.get('/session', { headers }), 401, ['unauthenticated', 'Authorization']);
      const broken = await new Client(url, 'cx_none').get('/organization', { headers });
      refused(broken, 401, ['unauthenticated', 'Authorization']);
    });

    it.each([
      ['nothing', undefined],
      ['an empty one', '__Host-session='],
      ['a broken one', '__Host-session=%E0%A4%A; ='],
      ['one that is too long', `__Host-session=${'x'.repeat(4_000)}`],
      ['one of another name', `session=${'1'.repeat(44)}`],
      ['one that nobody has', `__Host-session=${'1'.repeat(44)}`],
    ])('a cookie that is %s lets nobody in', async (_, cookie) => {
      const browser = new Browser(url);
      browser.cookie = cookie;
      for (const path of ['/session', '/organization', '/connect/connections']) {
        const answer = await browser.get(path);
        expect([path, answer.status, answer.body.errors[0].code]).toEqual([path, 401, 'unauthenticated']);
        expect(answer.headers.getSetCookie()).toEqual([]);
      }
    });
  });

  it('lets nobody ask more than a key may, whatever the browser', async () => {
    const { browser, person } = await joined(acme, 'member');
    const other = await signedIn(url, person);
    let answer = await browser.get('/session');
    for (let asked = 1; asked <= 200 && answer.status === 200; asked += 1) answer = await browser.get('/session');
    refused(answer, 429, 'rate-limited');
    refused(await other.get('/organization'), 429, 'rate-limited');
    expect((await acme.get('/organization')).status).toBe(200);
  });

  it('outlasts the service, and so do the passwords of the demonstration', async () => {
    const browser = await signedIn(url, ada);
    await service.restart();
    expect(service.demo.source.person).toEqual(ada);
    expect(service.demo.destination.person.password).not.toBe(ada.password);
    expect((await browser.get('/session')).body.data.attributes.person.email).toBe(ada.email);
    await signedIn(url, service.demo.destination.person);
  });
});
