import { type Answer, Client, type Pair } from '../support/client';
import { Dashboard, Member } from '../support/dashboard';
import { freePort } from '../support/free-port';
import { IdentityProvider } from '../support/identity-provider';
import { invite, newPerson, type Person } from '../support/people';
import type { Visitor } from '../support/visitors';

const provider = new IdentityProvider();
const dashboard = new Dashboard(async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  await provider.start(`${url}/api/v1/session/sign-on/callback`);
  return {
    PORT: String(port),
    PUBLIC_URL: url,
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: provider.client.id,
    OIDC_CLIENT_SECRET: provider.client.secret,
    OIDC_NAME: 'Example ID',
  };
});
afterAll(() => provider.stop());

let pair: Pair;
beforeAll(async () => {
  pair = await dashboard.newPartners();
});

/** Somebody who comes to a page without being signed in. @param answers what else the page may be answered */
async function comesTo(path: string, ...answers: number[]): Promise<Visitor> {
  const visitor = await dashboard.somebody();
  // Whether somebody is signed in is asked, as it has to be.
  visitor.mayBeAnswered(401, ...answers);
  await visitor.page.goto(path);
  await visitor.page.getByRole('heading', { level: 1 }).waitFor();
  return visitor;
}

/** Goes through the pages of the provider, which asks who they are. */
async function signsOn({ page }: Visitor, sub: string, link = 'Sign in with Example ID'): Promise<void> {
  await page.getByRole('link', { name: link }).click();
  await page.locator('input[name=login]').fill(sub);
  await page.locator('input[name=password]').fill('anything');
  await page.locator('button[type=submit]').click();
}

/** The answer to a request comes without its cookies, as to a browser that keeps none. */
async function keepsNoCookie(visitor: Visitor, path: string): Promise<void> {
  await visitor.page.route(path, async (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    const response = await route.fetch();
    await visitor.context.clearCookies();
    const { 'set-cookie': _, ...headers } = response.headers();
    return route.fulfill({ response, headers });
  });
}

async function signsIn({ page }: Visitor, { email, password }: Pick<Person, 'email' | 'password'>): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

describe('somebody who has gone from an open page', () => {
  it('is not taken to be there by what the page asks by itself, until they are back', async () => {
    const { source, destination } = await dashboard.newPartners();
    const visitor = await dashboard.somebody();
    const { page } = visitor;
    await page.clock.install();
    const person = await newPerson(source.client, 'member');
    const member = await Member.arrive(visitor, person, source.id);
    await member.isTold('Live');
    /** What the page asks once something has happened. */
    const asksUpon = async (happens: () => Promise<Answer>): Promise<string | null> => {
      const asked = page.waitForRequest((request) => request.url().includes('/api/v1/connect/connections?'));
      expect((await happens()).status).toBeLessThan(300);
      return (await asked).headerValue('connect-unattended');
    };
    let id = '';
    const isCreated = async (): Promise<Answer> => {
      const created = await source.client.create(destination.id);
      id = created.body.data.id as string;
      return created;
    };
    expect(await asksUpon(isCreated)).toBeNull();
    await page.clock.fastForward(61_000);
    expect(await asksUpon(() => destination.client.step(id, 'activate'))).toBe('true');
    await page.mouse.move(100, 100);
    expect(await asksUpon(() => destination.client.step(id, 'deactivate'))).toBeNull();
  });
});

describe('somebody who signs in', () => {
  it('is refused with a wrong password, and comes with the right one to where they wanted to go', async () => {
    const person = await newPerson(pair.source.client, 'member');
    const visitor = await comesTo(`/o/${pair.source.id}/organization?tab=members`);
    const { page } = visitor;
    await signsIn(visitor, { ...person, password: 'not it' });
    await page.getByRole('alert').getByText('do not let you in').waitFor();
    expect(await page.getByLabel('E-mail').inputValue()).toBe(person.email);
    await signsIn(visitor, person);
    await page.getByRole('table', { name: 'Members' }).getByText(person.email).waitFor();
    expect(new URL(page.url()).search).toBe('?tab=members');
  });

  it('hears why it leads nowhere where the browser keeps no cookie', async () => {
    const person = await newPerson(pair.source.client, 'member');
    const visitor = await comesTo('/sign-in');
    const { page } = visitor;
    await keepsNoCookie(visitor, '**/api/v1/session');
    await signsIn(visitor, person);
    await page.getByRole('alert').getByText('begins with https').waitFor();
    expect(new URL(page.url()).pathname).toBe('/sign-in');
  });

  it('and out leaves nothing behind', async () => {
    const person = await newPerson(pair.source.client, 'member');
    const visitor = await comesTo(`/o/${pair.source.id}/connections?search=confidential`);
    const { page } = visitor;
    await signsIn(visitor, person);
    await page.getByRole('heading', { name: 'No connection matches' }).waitFor();
    const kept = (): Promise<string> => page.evaluate<string>('JSON.stringify(sessionStorage)');
    expect(await kept()).toContain('confidential');
    await page.getByRole('button', { name: 'Your account: Robin Doe' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL('**/sign-in');
    expect(await kept()).not.toContain('confidential');
    await page.goBack();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('and out everywhere is so at every browser', async () => {
    const person = await newPerson(pair.source.client, 'member');
    const [here, there] = [await dashboard.somebody(), await dashboard.somebody()];
    const [ada, elsewhere] = [
      await Member.arrive(here, person, pair.source.id),
      await Member.arrive(there, person, pair.source.id),
    ];
    for (const { visitor } of [ada, elsewhere]) visitor.mayBeAnswered(401);
    await elsewhere.isTold('Live');
    await ada.page.goto('/account');
    await ada.button('Sign out everywhere').click();
    await ada.page.waitForURL('**/sign-in');
    const again = elsewhere.page.getByRole('dialog', { name: 'Sign in again to go on' });
    await again.waitFor();
    expect(await again.getByLabel('E-mail').inputValue()).toBe(person.email);
    expect(await again.getByLabel('E-mail').isEditable()).toBe(false);
  });

  it('by single sign-on is let in when invited, and hears why when not', async () => {
    const { client, id } = pair.source;
    const visitor = await comesTo(`/o/${id}/organization?tab=members`);
    const { page } = visitor;
    visitor.maySee(provider.issuer);
    provider.accounts.set('mallory', { email: 'mallory@example.org', email_verified: true, name: 'Mallory' });
    provider.accounts.set('sso', { email: 'sso@example.org', email_verified: true, name: 'Sigrid Olsen' });
    await signsOn(visitor, 'mallory');
    await page.getByRole('alert').getByText('nobody here has your e-mail address').waitFor();
    expect(page.url()).not.toContain('problem');
    await invite(client, 'auditor', 'sso@example.org');
    // The provider would send Mallory again, if it did not ask.
    await signsOn(visitor, 'sso');
    await page.getByRole('table', { name: 'Members' }).getByText('Sigrid Olsen (you)').waitFor();
    await page.goto('/account');
    await page.getByText('You sign in by single sign-on, and have no password here.').waitFor();

    // Whose session ends is not asked for a password that they do not have, even while another page is on its way.
    await page.goto(`/o/${id}/organization`);
    await page.getByText('Give it to partners').waitFor();
    const late = Promise.withResolvers<null>();
    await page.route('**/assets/connections.page-*', async (route) => {
      await late.promise;
      await route.continue();
    });
    await page.getByRole('link', { name: 'Connections', exact: true }).last().click();
    await page.evaluate(`fetch('/api/v1/session/end-all', { method: 'POST' })`);
    const again = page.getByRole('dialog', { name: 'Sign in again to go on' });
    const way = again.locator('a:focus').filter({ hasText: 'Example ID' });
    await way.waitFor();
    const shown = page.waitForResponse('**/connect/connections?*');
    late.resolve(null);
    await shown;
    expect(await way.count()).toBe(1);
    expect(await again.getByLabel('Password').count()).toBe(0);
  });

  it('by single sign-on after signing out is asked who they are', async () => {
    const visitor = await comesTo('/sign-in');
    const { page } = visitor;
    visitor.maySee(provider.issuer);
    await invite(pair.source.client, 'member', 'first@example.org');
    await invite(pair.source.client, 'member', 'second@example.org');
    for (const sub of ['first', 'second']) {
      provider.accounts.set(sub, { email: `${sub}@example.org`, email_verified: true, name: `The ${sub}` });
      await signsOn(visitor, sub);
      await page.getByRole('button', { name: `Your account: The ${sub}` }).click();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL('**/sign-in');
    }
  });

  it('hears of what went wrong before no more once something else does', async () => {
    const person = await newPerson(pair.source.client, 'member');
    const visitor = await comesTo('/sign-in?problem=unknown-person');
    await visitor.page.getByRole('alert').getByText('nobody here').waitFor();
    await signsIn(visitor, { ...person, password: 'not it' });
    await visitor.page.getByRole('alert').getByText('do not let you in').waitFor();
    expect(await visitor.page.getByRole('alert').count()).toBe(1);
  });
});

describe('an invitation', () => {
  it('makes an account, once', async () => {
    const link = await invite(pair.source.client, 'auditor', 'new@example.org');
    const visitor = await comesTo(link);
    const { page } = visitor;
    const join = page.getByRole('button', { name: 'Join Acme' });
    await page.getByText('You are invited as auditor').waitFor();
    expect(page.url()).not.toContain('#');
    await page.getByLabel('Your name').fill('Nora New');
    await page.getByLabel('Set a password').fill('short');
    await join.click();
    await page.getByText('At least 12 characters; these are 5.').waitFor();
    await page.getByLabel('Set a password').fill('correct horse battery staple');
    await join.click();
    await page.waitForURL(`**/o/${pair.source.id}/connections`);
    await page.getByText('Your role reads only').waitFor();
    const other = await comesTo(link, 410);
    await other.page.getByRole('heading', { name: 'This invitation has ended' }).waitFor();
  });

  it('that is opened in the same tab after another takes its place', async () => {
    const first = await invite(pair.source.client, 'auditor', 'twice@example.org');
    const second = await invite(pair.destination.client, 'member', 'twice@example.org');
    const { page } = await comesTo(first);
    await page.getByRole('button', { name: 'Join Acme' }).waitFor();
    await page.goto(second);
    await page.getByRole('button', { name: 'Join Globex' }).waitFor();
    expect(page.url()).not.toContain('#');
  });

  it('is accepted by single sign-on as well', async () => {
    const visitor = await comesTo(await invite(pair.source.client, 'member', 'sigrid@example.org'), 410);
    const { page } = visitor;
    visitor.maySee(provider.issuer);
    provider.accounts.set('sigrid', { email: 'sigrid@example.org', email_verified: true, name: 'Sigrid Olsen' });
    provider.accounts.set('another', { email: 'another@example.org', email_verified: true, name: 'Another' });
    await signsOn(visitor, 'another', 'Sign in with Example ID instead');
    await page.getByRole('alert').getByText('by another e-mail address').waitFor();
    await page.getByRole('link', { name: 'Back to your invitation' }).click();
    await signsOn(visitor, 'sigrid', 'Sign in with Example ID instead');
    await page.waitForURL(`**/o/${pair.source.id}/connections`);
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
  });

  it('says where the browser keeps no cookie that one has joined, and how one gets in', async () => {
    const visitor = await comesTo(await invite(pair.source.client, 'member', 'kept@example.org'));
    const { page } = visitor;
    await keepsNoCookie(visitor, '**/api/v1/invitations/accept');
    await page.getByLabel('Your name').fill('Nora New');
    await page.getByLabel('Set a password').fill('correct horse battery staple');
    await page.getByRole('button', { name: 'Join Acme' }).click();
    const told = page.getByRole('alert').filter({ hasText: 'You have joined, and are not signed in' });
    await told.getByText('begins with https').waitFor();
  });

  it('of somebody with an account adds an organization to it', async () => {
    const person = await newPerson(pair.source.client, 'member');
    const visitor = await comesTo(await invite(pair.destination.client, 'member', person.email));
    const { page } = visitor;
    await page.getByLabel('Password of your account').fill(person.password);
    await page.getByRole('button', { name: 'Join Globex' }).click();
    await page.waitForURL(`**/o/${pair.destination.id}/connections`);
    await page.getByRole('button', { name: /^Organization:/ }).click();
    await page.getByRole('link', { name: /^Acme/ }).click();
    await page.waitForURL(`**/o/${pair.source.id}/connections`);
  });
});

describe('an admin', () => {
  it('invites by a link that is shown once', async () => {
    const [{ source }] = [await dashboard.newPartners()];
    const admin = await dashboard.someoneOf(source, 'admin', 'Ada Acme');
    await admin.open('organization?tab=members');
    await admin.button('Invite somebody').click();
    await admin.dialog.getByLabel('E-mail').fill('grace@example.org');
    await admin.dialog.getByRole('radio', { name: 'Auditor' }).check();
    await admin.agree('Make invitation').dblclick();
    const link = await admin.dialog.getByLabel('The link').innerText();
    // Where the browser lets nobody copy, the link is selected to be copied by hand.
    await admin.page.evaluate('navigator.clipboard.writeText = () => Promise.reject(new Error("denied"))');
    await admin.agree('Copy link').click();
    await admin.page.getByRole('alert').getByText('It could not be copied').waitFor();
    expect(await admin.page.evaluate('getSelection().toString()')).toBe(link);
    await admin.noticed();
    await admin.page.keyboard.press('Escape');
    expect(await admin.agree('Close').isDisabled()).toBe(true);
    await admin.dialog.getByRole('checkbox').check();
    await admin.agree('Close').click();
    await admin.dialog.waitFor({ state: 'detached' });
    const open = admin.page.getByRole('table', { name: 'Open invitations' }).getByRole('row');
    await open.getByText('grace@example.org').waitFor();
    expect(await open.count()).toBe(2);
    const invited = await comesTo(link);
    await invited.page.getByText('You are invited as auditor').waitFor();

    await admin.button('Take back the invitation of grace@example.org').click();
    await admin.agree('Take back').click();
    await admin.isTold('Nobody is invited now.');
    invited.mayBeAnswered(410);
    await invited.page.reload();
    await invited.page.getByRole('heading', { name: 'This invitation has ended' }).waitFor();
  });

  it('changes roles and removes members, but never the last admin', async () => {
    const [{ source }] = [await dashboard.newPartners()];
    const admin = await dashboard.someoneOf(source, 'admin', 'Ada Acme');
    const member = await dashboard.someoneOf(source, 'member', 'Mary Member');
    await admin.open('organization?tab=members');
    const role = admin.page.getByLabel('Role of Mary Member');
    await role.selectOption('auditor');
    await admin.dialog.getByText('changes nothing').waitFor();
    await admin.agree('Cancel').click();
    expect(await role.inputValue()).toBe('member');
    await role.selectOption('auditor');
    await admin.agree('Make an auditor').click();
    await admin.isTold('Mary Member is an auditor now.');
    expect(await role.inputValue()).toBe('auditor');

    await member.open('organization?tab=members');
    expect(await member.button(/^(Remove|Invite)/).count()).toBe(0);
    await member.isTold('Auditor');
    await admin.button('Remove Mary Member').click();
    await admin.agree('Remove').click();
    await admin.isTold('Mary Member was removed.');
    member.visitor.mayBeAnswered(404);
    await member.page.reload();
    await member.page.getByRole('heading', { name: 'There is nothing here' }).waitFor();

    admin.visitor.mayBeAnswered(409);
    await admin.button('Remove Ada Acme').click();
    await admin.agree('Remove').click();
    await admin.dialog.getByText('This was not done').waitFor();
    await admin.agree('Cancel').click();
    await admin.page.getByRole('table', { name: 'Members' }).getByText('Ada Acme (you)').waitFor();
  });

  it('makes a key that is shown once, sees when it was used, and revokes it', async () => {
    const [{ source }] = [await dashboard.newPartners()];
    const admin = await dashboard.someoneOf(source, 'admin', 'Ada Acme');
    await admin.open('organization?tab=api-keys');
    let answered = (): void => undefined;
    await admin.button('Make API key').click();
    await admin.dialog.getByLabel('Name').fill('Nightly export');
    // While the key is on its way, nobody leaves it behind.
    const answer = new Promise<void>((resolve) => (answered = resolve));
    await admin.page.route('**/api/v1/api-keys', async (route) => {
      if (route.request().method() === 'POST') await answer;
      await route.continue();
    });
    await admin.agree('Make API key').dblclick();
    await admin.page.keyboard.press('Escape');
    expect(await admin.agree('Cancel').isDisabled()).toBe(true);
    expect(await admin.agree('Close').count()).toBe(0);
    answered();
    const key = await admin.dialog.getByLabel('The key').innerText();
    await admin.dialog.getByRole('checkbox').check();
    await admin.agree('Close').click();
    await admin.dialog.waitFor({ state: 'detached' });
    const row = admin.page.getByRole('row').filter({ hasText: 'Nightly export' });
    await row.getByText('Never').waitFor();
    expect(await row.count()).toBe(1);
    expect(await admin.page.content()).not.toContain(key);

    const program = new Client(dashboard.url, key);
    expect((await program.get('/connect/connections')).status).toBe(200);
    await admin.page.reload();
    await row.getByText('Never').waitFor({ state: 'detached' });
    await admin.button('Revoke the key Nightly export').click();
    await admin.agree('Revoke').click();
    await row.getByText('Revoked').waitFor();
    expect((await program.get('/connect/connections')).status).toBe(401);
  });
});
