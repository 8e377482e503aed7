import { Browser, signedIn } from '../support/browser';
import { type Answer, Client } from '../support/client';
import { IdentityProvider, type TokenAnswer } from '../support/identity-provider';
import { refused } from '../support/refusals';
import { type RunningService, startService } from '../support/service';
import { temporaryFolder } from '../support/temporary-folder';

const PUBLIC_URL = 'https://connections.example.com';
const SIGN_ON = '/session/sign-on';
const CALLBACK = `/api/v1${SIGN_ON}/callback`;

describe('single sign-on', () => {
  const folder = temporaryFolder();
  const provider = new IdentityProvider();
  let service: RunningService;
  let url: string;
  let acme: Client;
  const start = async (port = '0'): Promise<void> => {
    service = await startService(folder.path, {
      PORT: port,
      PUBLIC_URL,
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: provider.client.id,
      OIDC_CLIENT_SECRET: provider.client.secret,
      OIDC_NAME: 'Example ID',
      LOG_LEVEL: 'info',
    });
    url = service.demo.url;
    acme = new Client(url, service.demo.source.key);
  };
  beforeAll(async () => {
    await provider.start(PUBLIC_URL + CALLBACK);
    provider.isAway = true;
    await start();
  });
  afterAll(async () => {
    await service.stop();
    await provider.stop();
    folder.remove();
  });

  const invite = (email: string, role = 'member'): Promise<Answer> =>
    acme.post('/invitations', { body: { data: { attributes: { email, role } } } });
  const to = (answer: Answer): string | null => answer.headers.get('location');
  const told = (answer: Answer, problem: string): void => {
    expect([answer.status, to(answer)]).toEqual([302, `/sign-in?problem=${problem}`]);
    expect(answer.headers.getSetCookie().filter((cookie) => cookie.startsWith('__Host-session'))).toEqual([]);
  };
  /** To the provider and back, up to where the service is asked again. */
  const leave = async (browser: Browser, sub: string | null, returnTo = '/'): Promise<string> => {
    const sent = await browser.get(`${SIGN_ON}?${new URLSearchParams({ 'return-to': returnTo }).toString()}`);
    expect(sent.status).toBe(302);
    const back = await provider.visit(to(sent)!, sub);
    expect(back.startsWith(`${PUBLIC_URL}${CALLBACK}?`)).toBe(true);
    return back.slice(PUBLIC_URL.length + '/api/v1'.length);
  };
  const signOn = async (
    sub: string | null,
    returnTo?: string,
    browser = new Browser(url),
  ): Promise<[Answer, Browser]> => [await browser.get(await leave(browser, sub, returnTo)), browser];

  it('is there while its provider is away: people sign in by password, and hear that the other way is closed', async () => {
    const { body } = await new Browser(url).get('/session/methods');
    expect(body.data.attributes).toEqual({ password: true, 'single-sign-on': { name: 'Example ID' } });
    expect((await signedIn(url, service.demo.destination.person)).cookie).toBeDefined();
    told(await new Browser(url).get(SIGN_ON), 'provider-unavailable');
    // Whoever signs in by another way then comes to where they wanted to go.
    const toAccount = to(await new Browser(url).get(`${SIGN_ON}?return-to=/account`));
    expect(toAccount).toBe('/sign-in?problem=provider-unavailable&return-to=%2Faccount');
    expect((await acme.get('/readyz')).status).toBe(200);
    provider.isAway = false;
    expect(to(await new Browser(url).get(SIGN_ON))).toMatch(new RegExp(`^${provider.issuer}/auth\\?`));
  });

  it('asks the provider for as much as it needs, and proves itself by PKCE, state and nonce', async () => {
    const browser = new Browser(url);
    const sent = await browser.get(SIGN_ON);
    const { searchParams } = new URL(to(sent)!);
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: 'connections',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      redirect_uri: PUBLIC_URL + CALLBACK,
      response_type: 'code',
      scope: 'openid email profile',
      state: expect.stringMatching(/^[\w-]{43}$/),
    });
    const [cookie, ...others] = sent.headers.getSetCookie();
    expect(others).toEqual([]);
    expect(cookie).toMatch(/^__Host-sign-on=[\w.-]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    for (const part of ['state', 'nonce', 'code_challenge']) expect(cookie).not.toContain(searchParams.get(part));
    expect(sent.headers.get('cache-control')).toBe('no-store');
  });

  it('lets somebody in who was invited, and knows them again whatever their address is later', async () => {
    await invite('Grace@Example.com', 'auditor');
    provider.accounts.set('grace', { email: 'grace@example.com', email_verified: true, name: ' Grace\nHopper ' });
    const [answer, browser] = await signOn('grace', '/o/org_1/connections?filter=1#x');
    expect([answer.status, to(answer)]).toEqual([302, '/o/org_1/connections?filter=1#x']);
    const [taken, given] = answer.headers.getSetCookie();
    expect(taken).toMatch(/^__Host-sign-on=; Max-Age=0; /);
    expect(given).toMatch(/^__Host-session=\w{44}; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    const { attributes } = (await browser.get('/session')).body.data;
    expect(attributes).toMatchObject({
      person: { name: 'Grace Hopper', email: 'grace@example.com' },
      memberships: [{ 'organization-name': 'Acme', role: 'auditor' }],
      'has-password': false,
    });
    refused(await new Browser(url).signIn({ email: 'grace@example.com', password: '' }), 401, 'sign-in-refused');

    provider.accounts.set('grace', { email: 'married@example.com', email_verified: false });
    const [again, other] = await signOn('grace');
    expect([again.status, to(again)]).toEqual([302, '/']);
    expect((await other.get('/session')).body.data.attributes.person).toEqual(attributes.person);
  });

  it('lets somebody in who comes for the first time in several windows at once', async () => {
    for (let number = 0; number < 10; number += 1) {
      const sub = `twin-${number}`;
      const email = `${sub}@example.com`;
      await invite(email);
      provider.accounts.set(sub, { email, email_verified: true, name: 'Twin' });
      const windows = Array.from({ length: 6 }, () => new Browser(url));
      const back = await Promise.all(windows.map((browser) => leave(browser, sub)));
      const answers = await Promise.all(windows.map((browser, index) => browser.get(back[index]!)));
      expect(answers.map(to)).toEqual(windows.map(() => '/'));
      const sessions = await Promise.all(windows.map((browser) => browser.get('/session')));
      expect(new Set(sessions.map(({ body }) => body.data.attributes.person.id as string)).size).toBe(1);
    }
  });

  it('takes somebody for who they are here by the address that the provider vouches for, and for nobody else later', async () => {
    const { person } = service.demo.source;
    const before = await signedIn(url, person);
    provider.accounts.set('ada', { email: person.email.toUpperCase(), email_verified: true, name: 'Ada' });
    const [answer, browser] = await signOn('ada', '/account');
    expect(to(answer)).toBe('/account');
    const { attributes } = (await browser.get('/session')).body.data;
    expect(attributes).toMatchObject({ person: { email: person.email, name: 'Ada Acme' }, 'has-password': false });
    // Whoever set the password before may have been somebody else.
    refused(await before.get('/session'), 401, 'unauthenticated');
    refused(await new Browser(url).signIn(person), 401, 'sign-in-refused');
    const change = { 'current-password': person.password, 'new-password': 'another one that is long' };
    refused(await browser.post('/session/password', change), 422, [
      'wrong-password',
      '/data/attributes/current-password',
    ]);

    provider.accounts.set('another', { email: person.email, email_verified: true });
    told((await signOn('another'))[0], 'unknown-person');
    const [refusal] = await signOn('another', '/account');
    expect(to(refusal)).toBe('/sign-in?problem=unknown-person&return-to=%2Faccount');
  });

  it.each([
    ['that nobody invited', 'stranger', { email: 'stranger@example.com', email_verified: true }, 'unknown-person'],
    [
      'whose address is not vouched for',
      'sly',
      { email: 'invited@example.com', email_verified: false },
      'unverified-email',
    ],
    ['whose address is only said', 'slier', { email: 'invited@example.com' }, 'unverified-email'],
    ['without an address', 'shy', {}, 'unverified-email'],
  ])('lets nobody in %s', async (_, sub, known, problem) => {
    await invite('invited@example.com');
    provider.accounts.set(sub, known);
    const [answer, browser] = await signOn(sub);
    told(answer, problem);
    expect(browser.cookie).not.toContain('__Host-session');
    refused(await browser.get('/session'), 401, 'unauthenticated');
  });

  it('lets nobody in who thinks better of it', async () => {
    told((await signOn(null))[0], 'sign-on-refused');
  });

  it.each<[string, string, (answer: TokenAnswer) => void]>([
    ['fails', 'provider-unavailable', (answer) => Object.assign(answer, { status: 503, body: { error: 'down' } })],
    [
      'does not know us any more',
      'provider-unavailable',
      (answer) => Object.assign(answer, { status: 401, body: { error: 'invalid_client' } }),
    ],
    ['has had enough', 'provider-unavailable', (answer) => Object.assign(answer, { status: 429, body: 'Slow down.' })],
    ['is not itself', 'provider-unavailable', (answer) => Object.assign(answer, { body: '<p>Down for maintenance' })],
    [
      'does not sign what it says',
      'sign-on-refused',
      (answer) => {
        const body = answer.body as { id_token: string };
        const [head, claims, signature = ''] = body.id_token.split('.');
        const other = signature.replace(/^../, (digits) => (digits === 'AA' ? 'BB' : 'AA'));
        answer.body = { ...body, id_token: [head, claims, other].join('.') };
      },
    ],
  ])('lets nobody in where the provider %s', async (_, problem, tokens) => {
    provider.accounts.set('grace', { email: 'grace@example.com', email_verified: true });
    provider.tokens = tokens;
    try {
      told((await signOn('grace'))[0], problem);
    } finally {
      provider.tokens = null;
    }
    expect(to((await signOn('grace'))[0])).toBe('/');
  });

  describe('has the provider ask who somebody is', () => {
    const promptIn = (url: string | null): string | null => new URL(url!).searchParams.get('prompt');
    const prompt = async (browser: Browser): Promise<string | null> => promptIn(to(await browser.get(SIGN_ON)));
    beforeAll(async () => {
      await invite('grace@example.com');
      provider.accounts.set('grace', { email: 'grace@example.com', email_verified: true });
      provider.accounts.set('wrong', { email: 'wrong@example.com', email_verified: true });
    });

    it('once it sent somebody who is not let in, until it sends somebody who is', async () => {
      const browser = new Browser(url);
      const right = await leave(browser, 'grace');
      const { cookie } = browser;
      told(await browser.get(await leave(browser, 'wrong')), 'unknown-person');
      expect(await prompt(browser)).toBe('select_account');
      expect(await prompt(browser)).toBe('select_account');
      browser.cookie = `${cookie}; ${browser.cookie!.split('; ').find((pair) => pair.includes('prompt'))}`;
      const answer = await browser.get(right);
      expect(to(answer)).toBe('/');
      expect(answer.headers.getSetCookie().join()).toContain('__Host-sign-on-prompt=; Max-Age=0');
    });

    it('once somebody has signed out, and by another word where it does not know the first', async () => {
      const [, browser] = await signOn('grace');
      expect(await prompt(browser)).toBeNull();
      expect((await browser.post('/session/end')).status).toBe(200);
      const sent = to(await browser.get(`${SIGN_ON}?return-to=/account`));
      expect(promptIn(sent)).toBe('select_account');
      const refusal = (await fetch(sent!, { redirect: 'manual' })).headers.get('location')!;
      expect(refusal).toContain('error=invalid_request');
      const again = to(await browser.get(refusal.slice(PUBLIC_URL.length + '/api/v1'.length)));
      expect(promptIn(again)).toBe('login');
      const back = await provider.visit(again!, 'grace');
      expect(to(await browser.get(back.slice(PUBLIC_URL.length + '/api/v1'.length)))).toBe('/account');
      expect(await prompt(browser)).toBeNull();
    });

    it('and no more where it knows neither word', async () => {
      const [, browser] = await signOn('grace');
      await browser.post('/session/end');
      for (const word of ['select_account', 'login', null]) {
        const sent = to(await browser.get(SIGN_ON))!;
        expect(promptIn(sent)).toBe(word);
        const state = new URL(sent).searchParams.get('state');
        const answer = await browser.get(`${SIGN_ON}/callback?error=invalid_request&state=${state}`);
        // The second word is tried at once, as another attempt.
        if (word === 'select_account') expect(promptIn(to(answer))).toBe('login');
        else expect(to(answer)).toBe('/sign-in?problem=sign-on-refused');
      }
      browser.cookie = '__Host-sign-on-prompt=anything';
      expect(await prompt(browser)).toBeNull();
    });
  });

  it('counts nothing that the provider did not refuse', async () => {
    const from = { 'x-forwarded-for': '192.0.2.77' };
    const madeUp = `${SIGN_ON}/callback?code=a&state=b`;
    provider.accounts.set('grace', { email: 'grace@example.com', email_verified: true });
    const browser = new Browser(url);
    const back = await leave(browser, 'grace');
    const { cookie } = browser;
    const troubles = [
      { status: 502, body: '' },
      { status: 401, body: { error: 'invalid_client' } },
      { status: 403, body: '<p>Not from here' },
    ];
    let trouble = 0;
    provider.tokens = (answer) => Object.assign(answer, troubles[(trouble += 1) % troubles.length]);
    const problems: (string | null)[] = [];
    // What is under way counts until it is known how it ends, so not all of them at once.
    for (let round = 0; round < 6; round += 1) {
      const some = Array.from({ length: 40 }, (_, n) =>
        new Browser(url).get(n % 2 === 0 ? madeUp : back, { headers: { cookie: cookie!, ...from } }),
      );
      problems.push(...(await Promise.all(some)).map(to));
    }
    provider.tokens = null;
    expect(new Set(problems)).toEqual(
      new Set(['/sign-in?problem=sign-on-expired', '/sign-in?problem=provider-unavailable']),
    );
    expect((await new Browser(url).signIn(service.demo.destination.person, from)).status).toBe(201);
  });

  it('goes on from where somebody began last, in whichever window they come back', async () => {
    provider.accounts.set('grace', { email: 'grace@example.com', email_verified: true });
    const browser = new Browser(url);
    const first = await leave(browser, 'grace', '/first');
    const second = await leave(browser, 'grace', '/second');
    told(await browser.get(first), 'sign-on-expired');
    expect(to(await browser.get(second))).toBe('/second');
    expect((await browser.get('/session')).status).toBe(200);
  });

  it('takes nobody for somebody whose address only looks like theirs', async () => {
    await invite('nik@example.com');
    // The Kelvin sign, whose lower case is the letter.
    provider.accounts.set('kelvin', { email: 'ni\u212a@example.com', email_verified: true });
    told((await signOn('kelvin'))[0], 'unknown-person');
    provider.accounts.set('nik', { email: 'NIK@example.com', email_verified: true });
    expect(to((await signOn('nik'))[0])).toBe('/');
    told((await signOn('kelvin'))[0], 'unknown-person');
  });

  it('lets nobody in who comes back to another browser, twice, or with something else', async () => {
    provider.accounts.set('grace', { email: 'grace@example.com', email_verified: true });
    const browser = new Browser(url);
    const back = await leave(browser, 'grace');
    const { cookie } = browser;
    // Somebody who is made to follow the link of another one’s sign-on.
    told(await new Browser(url).get(back), 'sign-on-expired');
    const elsewhere = new Browser(url);
    await elsewhere.get(SIGN_ON);
    told(await elsewhere.get(back), 'sign-on-expired');
    const replaced = (name: string, value: string): string => {
      const [path, query] = back.split('?');
      const parameters = new URLSearchParams(query);
      parameters.set(name, value);
      return `${path}?${parameters.toString()}`;
    };
    for (const [changed, problem] of [
      [replaced('state', 'x'.repeat(43)), 'sign-on-expired'],
      [back.split('?')[0]!, 'sign-on-expired'],
      [replaced('iss', 'https://evil.example'), 'sign-on-refused'],
      [replaced('code', 'x'), 'sign-on-refused'],
    ] as const) {
      told(await new Browser(url).get(changed, { headers: { cookie: cookie! } }), problem);
    }
    expect((await new Browser(url).get(back, { headers: { cookie: cookie! } })).status).toBe(302);
    told(await new Browser(url).get(back, { headers: { cookie: cookie! } }), 'sign-on-refused');
  });

  it.each([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'evil',
    '',
    '/a b',
    '/\t/evil.example',
    '/\u00fc',
  ])('leads to no other place in the end than one of ours, as %j is none', async (returnTo) => {
    const answer = await new Browser(url).get(`${SIGN_ON}?return-to=${encodeURIComponent(returnTo)}`);
    refused(answer, 400, ['invalid-parameter', 'return-to']);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it('goes on at whichever instance somebody comes back to, and its secrets are in no log', async () => {
    const browser = new Browser(url);
    const back = await leave(browser, 'grace', '/account');
    const first = service;
    await first.stop();
    await start(new URL(url).port);
    const { cookie } = browser;
    const answer = await browser.get(back);
    expect(to(answer)).toBe('/account');
    const code = new URL(back, PUBLIC_URL).searchParams.get('code')!;
    const secrets = [provider.client.secret, code, cookie!.split('=')[1]!, browser.cookie!.split('=')[1]!];
    for (const secret of secrets) expect(first.log() + service.log()).not.toContain(secret);
  });
});
