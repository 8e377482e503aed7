import type { Page } from 'playwright-core';
import { newConnection } from '../support/client';
import { Dashboard, Member } from '../support/dashboard';
import { newPerson, type Person, signIn } from '../support/people';

const dashboard = new Dashboard();

async function signsOut(page: Page): Promise<void> {
  await page.goto('/account');
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.waitForURL('**/sign-in');
}

async function signsIn(page: Page, { email, password }: Person): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL('**/connections');
}

describe('two windows of one browser', () => {
  it('do nothing as somebody else than whom they are shown to', async () => {
    const { id, source } = await newConnection(dashboard.platform, 'active');
    const bob = await newPerson(source.client, 'member', 'Bob Acme');
    const ada = await dashboard.someoneOf(source, 'member', 'Ada Acme');
    ada.visitor.mayBeAnswered(403);
    ada.visitor.mayLose();
    // Nor is it left to what is live to find out.
    await ada.page.route('**/connect/events**', (route) => route.abort());
    await ada.open(`connections/${id}`);
    await ada.ask('Deactivate');
    // Somebody else signs in, by a page that tells nobody.
    await signIn(await ada.visitor.context.newPage(), bob);
    await ada.agree('Deactivate').click();
    await ada.button('Your account: Bob Acme').waitFor();
    expect((await source.client.retrieve(id)).body.data.attributes.status).toBe('active');
    await ada.take('Deactivate');
    expect((await source.client.retrieve(id)).body.data.attributes.status).toBe('inactive');
  });

  it('know at once whose they are, and keep what somebody typed who signs in again', async () => {
    const { source, destination } = await dashboard.newPartners();
    const [person, bob] = [
      await newPerson(source.client, 'member', 'Ada Acme'),
      await newPerson(source.client, 'member', 'Bob Acme'),
    ];
    const ada = await Member.arrive(await dashboard.somebody(), person, source.id);
    ada.visitor.mayBeAnswered(401, 403);
    await ada.propose({ partner: destination.id, name: 'Typed with care' });
    const other = await ada.visitor.context.newPage();
    const again = ada.page.getByRole('dialog', { name: 'Sign in again to go on' });
    await signsOut(other);
    await again.waitFor();
    await signsIn(other, person);
    await again.waitFor({ state: 'detached' });
    expect(await ada.dialog.getByLabel('Name (optional)').inputValue()).toBe('Typed with care');
    await ada.agree('Create connection').click();
    await ada.page.getByRole('heading', { level: 1, name: 'Typed with care' }).waitFor();
    await signsOut(other);
    await again.waitFor();
    await signsIn(other, bob);
    await ada.button('Your account: Bob Acme').waitFor();
  });
});
