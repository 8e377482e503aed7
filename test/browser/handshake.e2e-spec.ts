import type { Locator } from 'playwright-core';
import { newConnection, newKey, type Pair } from '../support/client';
import { Dashboard, Member } from '../support/dashboard';
import { newPerson } from '../support/people';
import { until } from '../support/until';

const dashboard = new Dashboard();
const newPartners = (): Promise<Pair> => dashboard.newPartners();
const someoneOf = (...who: Parameters<Dashboard['someoneOf']>): Promise<Member> => dashboard.someoneOf(...who);

const events = async ({ source }: Pair, id: string): Promise<string[]> =>
  (await source.client.history(id)).map(({ attributes }) => attributes.event as string);

const idOf = (member: Member): string => /cxn_\w+/.exec(member.page.url())![0];

describe('two people at two browsers', () => {
  it('walk through the whole lifecycle, and see at once what the other does', async () => {
    const pair = await newPartners();
    const ada = await someoneOf(pair.source, 'admin', 'Ada Acme');
    const grace = await someoneOf(pair.destination, 'member', 'Grace Globex');
    await ada.isTold('No connections yet');
    await grace.isTold('No connections yet');
    // What is loaded anew has forgotten this.
    for (const { page } of [ada, grace]) await page.evaluate(() => Object.assign(globalThis, { isTheSame: true }));

    await ada.propose({ partner: pair.destination.id, name: 'Partner Connection' });
    await ada.agree('Create connection').click();
    await ada.page.getByRole('heading', { level: 1, name: 'Partner Connection' }).waitFor();
    await ada.section('What can come next').getByText('Nothing is shared until Globex activates it.').waitFor();

    await grace.section('Needs your decision').getByText('Acme wants to share data with you').waitFor();
    await grace.take('Activate');
    await ada.section('What can come next').getByText('Your organization may share data with Globex.').waitFor();

    await ada.take('Deactivate', 'Contract under review.');
    await grace.page.getByRole('link', { name: 'Partner Connection' }).first().click();
    await grace.section('What can come next').getByText('Only Acme can return it to pending').waitFor();
    await grace.isTold('Contract under review.');

    await ada.take('Return to pending', 'Review done.');
    await grace.section('What can come next').getByText('Acme offers to share data').waitFor();
    await grace.take('Activate');
    await ada.section('What can come next').getByText('Your organization may share data with Globex.').waitFor();

    expect(await events(pair, idOf(ada))).toEqual([
      'ConnectionCreated',
      'ConnectionActivated',
      'ConnectionDeactivated',
      'ConnectionReturnedToPending',
      'ConnectionActivated',
    ]);
    for (const { page } of [ada, grace]) {
      expect(await page.evaluate(() => 'isTheSame' in globalThis)).toBe(true);
      expect(page.url()).toContain(idOf(ada));
    }
  });
});

describe('a proposal', () => {
  it('is refused beside the field that is wrong, and nothing that was typed is lost', async () => {
    const pair = await newPartners();
    const ada = await someoneOf(pair.source);
    const { dialog } = ada;
    const partner = dialog.getByLabel('Organization ID of your partner');
    const name = dialog.getByLabel('Name (optional)');
    const send = (): Promise<void> => ada.agree('Create connection').click();

    await ada.propose({ partner: '', name: 'Partner Connection' });
    await send();
    await expectProblem(partner, 'Paste the Organization ID of your partner.');
    await partner.fill('Globex');
    await expectProblem(partner, 'An Organization ID begins with org_');
    await partner.fill(pair.source.id);
    await expectProblem(partner, 'This is your own Organization ID.');
    await partner.fill(`org_${'1'.repeat(22)}`);
    ada.visitor.mayBeAnswered(422);
    await send();
    await expectProblem(partner, 'There is no organization');
    await partner.fill(pair.destination.id);
    await name.fill('x'.repeat(201));
    await send();
    await expectProblem(name, 'At most 200 characters; these are 201.');
    await name.fill('Partner Connection');

    const offered = dialog.getByRole('checkbox');
    const catalogue = (await pair.source.client.get('/connect/scopes')).body.data as { id: string }[];
    expect(await offered.evaluateAll((boxes) => boxes.map(({ value }) => value))).toEqual(
      catalogue.map(({ id }) => id),
    );
    for (const scope of await offered.all()) await scope.setChecked(false);
    await send();
    await dialog.getByText('Choose at least one.').waitFor();
    await offered.first().check();
    await send();
    await ada.page.getByRole('heading', { level: 1, name: 'Partner Connection' }).waitFor();
    const created = await pair.source.client.retrieve(idOf(ada));
    expect(created.body.data.attributes).toMatchObject({ scopes: [catalogue[0]!.id], 'creator-type': 'user' });
  });

  it('is not sent while nobody can see what it would grant', async () => {
    const { source, destination } = await newPartners();
    const ada = await someoneOf(source);
    // An answer that trying again does not mend by itself.
    ada.visitor.mayBeAnswered(404);
    await ada.page.route('**/connect/scopes', (route) => route.fulfill({ status: 404 }));
    await ada.propose({ partner: destination.id });
    await ada.dialog.getByText('What your partner may receive could not be read').waitFor();
    await ada.agree('Create connection').click();
    await ada.page.unroute('**/connect/scopes');
    await ada.dialog.getByRole('button', { name: 'Try again' }).click();
    await ada.dialog.getByRole('checkbox').first().waitFor();
    expect((await source.client.get('/connect/connections')).body.data).toEqual([]);
    await ada.agree('Create connection').click();
    await ada.page.getByRole('heading', { level: 1, name: 'Connection to Globex' }).waitFor();
  });

  it('to a partner with whom there is a connection leads to it', async () => {
    const { id, source, destination } = await newConnection(dashboard.platform, 'inactive');
    const ada = await someoneOf(source);
    ada.visitor.mayBeAnswered(409);
    await ada.propose({ partner: destination.id });
    await ada.agree('Create connection').click();
    await ada.dialog.getByText('You have a connection to this partner already').waitFor();
    await ada.dialog.getByRole('button', { name: 'Return to pending' }).click();
    const asking = ada.page.getByRole('dialog', { name: /^Return to pending/ });
    await asking.getByRole('button', { name: 'Return to pending', exact: true }).click();
    await asking.waitFor({ state: 'detached' });
    expect((await source.client.retrieve(id)).body.data.attributes.status).toBe('pending');
  });

  it('has one effect, however often and by whatever way it is sent', async () => {
    const pair = await newPartners();
    const ada = await someoneOf(pair.source);
    await ada.propose({ partner: pair.destination.id, name: 'Once' });
    // The first answer is lost on its way.
    let lost = 0;
    await ada.page.route('**/api/v1/connect/connections', async (route) => {
      if (route.request().method() !== 'POST' || lost > 0) return route.continue();
      lost += 1;
      await route.fetch();
      return route.abort();
    });
    ada.visitor.mayLose();
    await ada.agree('Create connection').dblclick();
    await ada.dialog.getByText('It was not created').waitFor();
    await ada.agree('Create connection').dblclick();
    await ada.page.getByRole('heading', { level: 1, name: 'Once' }).waitFor();
    await ada.ask('Deactivate');
    const sent: string[] = [];
    ada.page.on('request', (request) => {
      if (request.method() === 'POST') sent.push(new URL(request.url()).pathname);
    });
    // Both clicks come before anything can be shown anew.
    await ada.agree('Deactivate').evaluate((button: { click(): void }) => {
      button.click();
      button.click();
    });
    await ada.dialog.waitFor({ state: 'detached' });
    expect(sent).toHaveLength(1);
    expect(await events(pair, idOf(ada))).toEqual(['ConnectionCreated', 'ConnectionDeactivated']);
  });
});

describe('a step', () => {
  it('upon what has changed meanwhile is not taken, and what changed is shown', async () => {
    const { id, source, destination } = await newConnection(dashboard.platform, 'pending');
    const grace = await someoneOf(destination);
    await grace.open(`connections/${id}`);
    await grace.ask('Activate');
    await source.client.step(id, 'deactivate');
    await source.client.step(id, 'reactivate');
    grace.visitor.mayBeAnswered(412);
    await grace.agree('Activate').click();
    await grace.dialog.getByText('It changed while you were deciding').waitFor();
    await grace.dialog.getByText('Look at it as it is now, and decide anew.').waitFor();
    expect(await grace.agree('Activate').isDisabled()).toBe(true);
    await grace.dialog.getByRole('button', { name: 'Reload what changed' }).click();
    await grace.dialog.getByText('This is how it is now').waitFor();
    await grace.agree('Activate').click();
    await grace.dialog.waitFor({ state: 'detached' });
    expect((await source.client.retrieve(id)).body.data.attributes.status).toBe('active');
  });

  it('that is no longer possible says so', async () => {
    const { id, source, destination } = await newConnection(dashboard.platform, 'pending');
    const grace = await someoneOf(destination);
    await grace.open(`connections/${id}`);
    await grace.ask('Activate');
    await source.client.step(id, 'deactivate');
    grace.visitor.mayBeAnswered(409, 412);
    await grace.agree('Activate').click();
    await grace.dialog.getByRole('button', { name: 'Reload what changed' }).click();
    await grace.dialog.getByText('Your organization may no longer do this.').waitFor();
  });

  it('with a reason that is too long is not sent', async () => {
    const { id, source } = await newConnection(dashboard.platform, 'active');
    const ada = await someoneOf(source);
    await ada.open(`connections/${id}`);
    await ada.ask('Deactivate');
    const reason = ada.dialog.getByLabel('Reason (optional)');
    await reason.fill('x'.repeat(501));
    await expectProblem(reason, 'At most 500 characters; these are 501.');
    expect(await ada.agree('Deactivate').isDisabled()).toBe(true);
    await reason.fill('x'.repeat(500));
    await ada.agree('Deactivate').click();
    await ada.dialog.waitFor({ state: 'detached' });
  });

  it('is offered to nobody who may not take it', async () => {
    const { id, source } = await newConnection(dashboard.platform, 'active');
    const auditor = await someoneOf(source, 'auditor');
    await auditor.page.getByRole('table').waitFor();
    const steps = auditor.button(/^(Create|Activate|Deactivate|Return to pending)/);
    expect(await steps.count()).toBe(0);
    await auditor.open(`connections/${id}`);
    await auditor.section('What can come next').getByText('With your role, auditor, you may look').waitFor();
    expect(await steps.count()).toBe(0);
  });
});

describe('a session that ends in the middle', () => {
  it('loses nothing that was typed', async () => {
    const pair = await newPartners();
    const person = await newPerson(pair.source.client, 'member');
    const ada = await Member.arrive(await dashboard.somebody(), person, pair.source.id);
    await ada.propose({ partner: pair.destination.id, name: 'Typed with care' });
    const elsewhere = await Member.arrive(await dashboard.somebody(), person, pair.source.id);
    await elsewhere.page.evaluate(() => fetch('/api/v1/session/end-all', { method: 'POST' }));

    ada.visitor.mayBeAnswered(401);
    elsewhere.visitor.mayBeAnswered(401);
    await ada.agree('Create connection').click();
    const signingIn = ada.page.getByRole('dialog', { name: 'Sign in again to go on' });
    await signingIn.getByLabel('Password', { exact: true }).fill(person.password);
    await signingIn.getByRole('button', { name: 'Sign in', exact: true }).click();
    await signingIn.waitFor({ state: 'detached' });
    expect(await ada.dialog.getByLabel('Name (optional)').inputValue()).toBe('Typed with care');
    await ada.agree('Create connection').click();
    await ada.page.getByRole('heading', { level: 1, name: 'Typed with care' }).waitFor();
  });
});

describe('what is not for somebody', () => {
  it('looks like what does not exist', async () => {
    const [own, other] = await Promise.all([
      newConnection(dashboard.platform, 'active'),
      newConnection(dashboard.platform, 'active'),
    ]);
    const member = await someoneOf(own.source);
    member.visitor.mayBeAnswered(400, 404);
    const unknown = await newKey(dashboard.platform, own.source.id, 'member');
    const seen: string[] = [];
    for (const path of [
      `/o/${other.source.id}/connections`,
      `/o/org_${'1'.repeat(22)}/connections`,
      `/o/${own.source.id}/connections/${other.id}`,
      `/o/${own.source.id}/connections/cxn_${'1'.repeat(22)}`,
      `/o/${own.source.id}/connections/${unknown.id}`,
      `/o/${own.source.id}/nowhere`,
      '/nowhere',
    ]) {
      await member.page.goto(path);
      await member.heading.waitFor();
      seen.push(await member.heading.innerText());
    }
    expect(new Set(seen)).toEqual(new Set(['There is nothing here']));
  });
});

/** Returns once a field is said to be wrong, in words that whoever comes to it hears. */
async function expectProblem(field: Locator, text: string): Promise<void> {
  const page = field.page();
  const description = async (): Promise<string> => {
    const ids = (await field.getAttribute('aria-describedby'))?.split(' ').filter((id) => id !== '') ?? [];
    const texts = ids.map((id) => page.locator(`[id="${id}"]`).allInnerTexts());
    return (await Promise.all(texts)).join('\n');
  };
  await until(`a field is described by ${text}`, async () => (await description()).includes(text));
  expect(await field.getAttribute('aria-invalid')).toBe('true');
}
