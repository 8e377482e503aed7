import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newKey, type Pair } from '../support/client';
import { Dashboard, Member } from '../support/dashboard';
import { inspect } from '../support/inspection';
import { invite, newPerson, type Person } from '../support/people';

const dashboard = new Dashboard();
let pair: Pair;
let person: Person;
/** An admin of the source, who sees the most. */
let ada: Member;
let active: string;

const looks = async (name: string, who: Member = ada): Promise<void> =>
  expect(await inspect(who.visitor, name)).toEqual([]);
const closed = async (): Promise<void> => {
  await ada.dialog.getByRole('button', { name: 'Cancel' }).click();
  await ada.dialog.waitFor({ state: 'detached' });
};

beforeAll(async () => {
  pair = await dashboard.newPartners();
  person = await newPerson(pair.source.client, 'admin', 'Ada Acme');
});

describe('for everyone, in both themes, wide and narrow: the pages for whoever', () => {
  it('signs in', async () => {
    const somebody = await dashboard.somebody();
    const { page } = somebody;
    // Whether somebody is signed in is asked, as it has to be.
    somebody.mayBeAnswered(401);
    await page.goto('/');
    await page.waitForURL('**/sign-in');
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    expect(await inspect(somebody, 'sign-in')).toEqual([]);
    await page.goto('/sign-in?problem=unknown-person&return-to=/invitations');
    await page.getByRole('link', { name: 'Back to your invitation' }).waitFor();
    expect(await inspect(somebody, 'sign-in-invited')).toEqual([]);
    await page.goto('/sign-in?problem=unknown-person');
    await page.getByRole('alert').waitFor();
    expect(await inspect(somebody, 'sign-in-problem')).toEqual([]);
    await page.getByLabel('E-mail').fill(person.email);
    await page.getByLabel('Password', { exact: true }).fill('not it');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('alert').getByText('do not let you in').waitFor();
    expect(await inspect(somebody, 'sign-in-refused')).toEqual([]);
  });

  it('is invited', async () => {
    const somebody = await dashboard.somebody();
    const { page } = somebody;
    somebody.mayBeAnswered(401, 404);
    await page.goto(await invite(pair.source.client, 'auditor', 'new@example.org'));
    await page.getByRole('heading', { name: 'Join Acme' }).waitFor();
    await page.getByRole('button', { name: 'Join Acme' }).click();
    await page.getByText('Say how you are called.').waitFor();
    expect(await inspect(somebody, 'invitation')).toEqual([]);
    await page.goto('/livez');
    await page.goto('/invitations#nonsense');
    await page.getByRole('heading', { name: 'This link leads to no invitation' }).waitFor();
    expect(await inspect(somebody, 'invitation-unknown')).toEqual([]);
  });
});

describe('for everyone, in both themes, wide and narrow: the pages of a member', () => {
  beforeAll(async () => {
    ada = await Member.arrive(await dashboard.somebody(), person, pair.source.id);
  });

  it('connections, where there are none', async () => {
    await ada.isTold('No connections yet');
    await looks('connections-none');
  });

  it('connections, of every status and both ways', async () => {
    const { source, destination } = pair;
    const created = await source.client.create(destination.id, { name: 'Partner Connection' });
    active = created.body.data.id as string;
    await destination.client.step(active, 'activate');
    await destination.client.create(source.id, { name: 'Inquiries of Globex', scopes: ['inquiry.read'] });
    const [third, fourth] = [await dashboard.newPartners(), await dashboard.newPartners()];
    const ended = await source.client.create(third.destination.id, { name: 'A name that is longer than others are' });
    await source.client.step(ended.body.data.id as string, 'deactivate', { reason: 'Contract under review.' });
    await source.client.create(fourth.destination.id);
    await ada.open('connections');
    await ada.isTold('Globex wants to share data with you');
    await ada.isTold('You can take up again');
    await looks('connections');
    await ada.page.getByLabel('Search').fill('nothing that is there');
    await ada.isTold('No connection matches');
    await looks('connections-no-match');
    await ada.button('Clear filters').click();
  });

  it('creating a connection', async () => {
    await ada.propose({ partner: '', name: 'x'.repeat(201) });
    await ada.agree('Create connection').click();
    await ada.isTold('Paste the Organization ID of your partner.');
    await looks('create');
    await closed();
  });

  it('taking a step', async () => {
    await ada.ask('Activate');
    await ada.dialog.getByText('inquiry.read').waitFor();
    await looks('activate');
    await closed();
    await ada.ask('Deactivate');
    await ada.dialog.getByLabel('Reason (optional)').fill('x'.repeat(501));
    await looks('deactivate');
    await closed();
  });

  it('a connection', async () => {
    await ada.open(`connections/${active}`);
    await ada.isTold('This is the whole history');
    await looks('connection');
    await ada.button('Details of revision 0').click();
    await ada.page.getByText('Filter', { exact: true }).click();
    await ada.page.getByText('Raw JSON').click();
    await ada.seeProven();
    await looks('connection-event');
  });

  it('redacting what was written', async () => {
    await ada.button(/^Redact the name/).click();
    await ada.dialog.getByRole('checkbox').check();
    await looks('redact');
    await closed();
  });

  it('a connection as it was, and what became of it', async () => {
    await ada.open(`connections/${active}?revision=0`);
    await ada.isTold('This is the past');
    await looks('connection-then');
    await ada.open(`connections/${active}?view=compare`);
    await ada.section('What is different').waitFor();
    await looks('connection-compared');
  });

  it('the proof of a connection, and its export', async () => {
    await ada.open(`connections/${active}?view=proof`);
    await ada.button('Verify all 2 events').click();
    await ada.isTold('All 2 events are proven');
    await looks('connection-proven');
  });

  it('the organization', async () => {
    await ada.open('organization');
    await ada.button('Copy Organization ID').waitFor();
    await looks('information');
  });

  it('members, and whoever is invited', async () => {
    await newPerson(pair.source.client, 'member', 'Mary Member');
    await invite(pair.source.client, 'auditor', 'somebody.with.a.long.address@accounting.example.org');
    await ada.open('organization?tab=members');
    await ada.isTold('somebody.with.a.long');
    await looks('members');
    await ada.button('Remove Mary Member').click();
    await looks('member-removed');
    await closed();
    await ada.button('Invite somebody').click();
    await ada.agree('Make invitation').click();
    await ada.isTold('Type an e-mail address');
    await looks('invite');
    await ada.dialog.getByLabel('E-mail').fill('grace@example.org');
    await ada.agree('Make invitation').click();
    await ada.dialog.getByText('No e-mail is sent').waitFor();
    await looks('invite-link');
    await ada.dialog.getByRole('checkbox').check();
    await ada.agree('Close').click();
  });

  it('API keys', async () => {
    const { id } = await newKey(dashboard.platform, pair.source.id, 'member', { name: 'Old export' });
    await pair.source.client.post(`/api-keys/${id}/revoke`);
    await ada.open('organization?tab=api-keys');
    await ada.isTold('Revoked');
    await looks('api-keys');
    await ada.button('Make API key').click();
    await ada.dialog.getByLabel('Ends').selectOption('day');
    await ada.agree('Make API key').click();
    await ada.isTold('A name has 1 to 200 characters.');
    await looks('make-key');
    await ada.dialog.getByLabel('Name').fill('Nightly export');
    await ada.dialog.getByLabel('Ends').selectOption({ index: 0 });
    await ada.agree('Make API key').click();
    await ada.dialog.getByText('Copy the key').waitFor();
    await looks('key-made');
    await ada.dialog.getByRole('checkbox').check();
    await ada.agree('Close').click();
  });

  it('the account, and where else one can go', async () => {
    await ada.page.goto('/account');
    await ada.button('Sign out everywhere').waitFor();
    await ada.button('Your account: Ada Acme').click();
    await looks('account');
  });

  it('what is not there', async () => {
    ada.visitor.mayBeAnswered(404);
    await ada.open(`connections/cxn_${'1'.repeat(22)}`);
    await looks('error-404');
  });

  it.each([403, 500])('what is answered %d', async (status) => {
    ada.visitor.mayBeAnswered(status);
    const problem = {
      status: String(status),
      code: status === 403 ? 'not-permitted' : 'internal',
      title: '',
      details: status === 403 ? 'Your role may not see this.' : 'Something went wrong on our side.',
    };
    const { page } = ada;
    await page.route('**/api/v1/connect/connections/cxn_*', (route) =>
      route.fulfill({ status, headers: { 'request-id': 'req_7' }, json: { errors: [problem] } }),
    );
    await ada.open(`connections/${active}`);
    await looks(`error-${status}`);
    await page.unroute('**/api/v1/connect/connections/cxn_*');
  });

  it('what cannot be had offline', async () => {
    await ada.open('connections');
    await ada.isTold('Live');
    await ada.visitor.cutOff(true);
    await ada.page.getByRole('link', { name: 'Partner Connection' }).first().click();
    await ada.isTold('You are offline.');
    await ada.heading.getByText(/^(You are offline, or the service is|This page could not be loaded)$/).waitFor();
    await looks('error-offline');
    await ada.visitor.cutOff(false);
  });

  it('a session that has ended', async () => {
    await ada.open('connections');
    ada.visitor.mayBeAnswered(401);
    const elsewhere = await Member.arrive(await dashboard.somebody(), person, pair.source.id);
    elsewhere.visitor.mayBeAnswered(401);
    await elsewhere.page.evaluate(() => fetch('/api/v1/session/end-all', { method: 'POST' }));
    await ada.page.getByRole('dialog', { name: 'Sign in again to go on' }).waitFor();
    await looks('error-401');
  });
});

describe('what the pages are made of', () => {
  it('comes compressed to browsers, which all can take it so', async () => {
    const page = await (await fetch(dashboard.url, { headers: { accept: 'text/html' } })).text();
    const [script = ''] = /\/assets\/index-[^"]+\.js/.exec(page) ?? [];
    for (const encoding of ['br', 'gzip']) {
      const { headers } = await fetch(`${dashboard.url}${script}`, { headers: { 'accept-encoding': encoding } });
      expect(headers.get('content-encoding')).toBe(encoding);
      expect(headers.get('vary')).toMatch(/accept-encoding/i);
    }
    // As `fetch` asks for it, and undoes it: what is compressed is what would come without.
    const asked = (encoding: string) =>
      fetch(`${dashboard.url}${script}`, { headers: { 'accept-encoding': encoding } });
    const [plain, ...others] = await Promise.all(
      ['identity', 'br', 'gzip'].map(async (it) => (await asked(it)).text()),
    );
    expect(others).toEqual([plain, plain]);
  });

  it('may do on the page of the API as little as on the others', async () => {
    const somebody = await dashboard.somebody();
    await somebody.page.goto('/docs');
    await somebody.page.getByText('/api/v1/connect/connections').first().waitFor();
    const { headers } = await fetch(`${dashboard.url}/docs`);
    expect(headers.get('content-security-policy')).toMatch(/script-src 'self';.*frame-ancestors 'none'/);
  });
});

describe('a page with defects', () => {
  const page = `<!doctype html><html><body><button style="width: 400px"></button><p style="color: #aaa">faint</p>
    <script>console.error('inline');</script>
    <script src="/script.js"></script><img src="/broken.png" alt=""><img src="http://elsewhere.example/picture.png" alt=""></body></html>`;
  const server = createServer((request, response) => {
    if (request.url === '/script.js') return response.end("console.error('a defect'); undefined.member;");
    response.statusCode = request.url === '/' ? 200 : 500;
    return response
      .setHeader('content-type', 'text/html')
      .setHeader('content-security-policy', "script-src 'self'")
      .end(page);
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => server.close());

  it('fails its test by each of them', async () => {
    const somebody = await dashboard.somebody(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await somebody.page.goto('/');
    expect(somebody.takeTroubles().sort()).toEqual(
      [
        /broken.png was answered 500/,
        /a script failed: TypeError/,
        /somebody else was asked: .*elsewhere/,
        /the console says: Executing inline script violates the following Content Security Policy/,
        /the console says: Failed to load resource: net::ERR_NAME_NOT_RESOLVED/,
        /the console says: a defect/,
      ].map((pattern) => expect.stringMatching(pattern)),
    );
    expect(await inspect(somebody, 'defects')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/light, 1280 px: button-name at <button/),
        expect.stringMatching(/light, 1280 px: color-contrast at <p/),
        expect.stringMatching(/dark, 1280 px: color-contrast at <p/),
        expect.stringMatching(/dark, 320 px: button-name at <button/),
        expect.stringMatching(/light, 320 px: it is \d+ px wider than the window/),
      ]),
    );
    somebody.takeTroubles();
  });
});
