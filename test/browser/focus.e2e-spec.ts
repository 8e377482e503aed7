import type { Locator } from 'playwright-core';
import { newConnection } from '../support/client';
import { Dashboard, Member } from '../support/dashboard';
import { focused, isFocused, tabTo } from '../support/keyboard';
import { newPerson } from '../support/people';

const dashboard = new Dashboard();

/** What is asked for is pressed by keyboard, and goes. */
const press = async (target: Locator, key = 'Enter'): Promise<void> => {
  await target.press(key);
  await target.waitFor({ state: 'detached' });
};

/** Whoever looks on, by a clock that stands still, while their partner takes a step. */
async function someoneIsTold() {
  const { id, source, destination } = await newConnection(dashboard.platform, 'active');
  const visitor = await dashboard.somebody();
  const { clock } = visitor.page;
  await clock.install();
  const ada = await Member.arrive(visitor, await newPerson(source.client, 'member'), source.id);
  await ada.isTold('Live');
  await destination.client.step(id, 'deactivate', { reason: 'Enough.' });
  return { id, source, ada, clock };
}

describe('whoever presses what goes', () => {
  it('goes on with what is shown once', async () => {
    const { source } = await dashboard.newPartners();
    const ada = await dashboard.someoneOf(source, 'admin');
    const hint = (element: { ariaDescribedByElements: readonly { textContent: string }[] | null }) =>
      element.ariaDescribedByElements?.[0]?.textContent;

    await ada.open('organization?tab=members');
    await ada.button('Invite somebody').press('Enter');
    await ada.dialog.getByLabel('E-mail').fill('new@example.org');
    await ada.agree('Make invitation').press('Enter');
    const link = ada.dialog.getByLabel('The link');
    await isFocused(link);
    expect(await link.evaluate(hint)).toMatch(/^No e-mail is sent/);

    await ada.open('organization?tab=api-keys');
    await ada.button('Make API key').press('Enter');
    await ada.dialog.getByLabel('Name').fill('nightly export');
    await ada.agree('Make API key').press('Enter');
    await isFocused(ada.dialog.getByLabel('The key'));
  });

  it('goes on beside it in the list', async () => {
    const { source } = await newConnection(dashboard.platform, 'active');
    const ada = await dashboard.someoneOf(source);
    await ada.open('connections?status=pending');
    await press(ada.button('Clear filters'));
    await isFocused(ada.section('All connections'));

    await ada.page.route('**/api/v1/connect/connections?*', (route) => route.fulfill({ status: 400 }));
    ada.visitor.mayBeAnswered(400);
    await ada.open('connections?status=active');
    await ada.isTold('Live');
    await ada.section('All connections').getByRole('alert').waitFor();
    await ada.page.unroute('**/api/v1/connect/connections?*');
    await press(ada.section('All connections').getByRole('button', { name: 'Try again' }));
    await isFocused(ada.section('All connections'));
  });

  it('goes on beside it in the page of a connection', async () => {
    const { id, source } = await newConnection(dashboard.platform, 'active');
    const ada = await dashboard.someoneOf(source, 'admin');
    await ada.open(`connections/${id}?revision=0`);
    await press(ada.button('Back to now'));
    await isFocused(ada.page.getByRole('region').filter({ has: ada.page.getByRole('slider') }));

    await ada.open(`connections/${id}?event=ConnectionTextRedacted`);
    await press(ada.button('Clear the filter'));
    await isFocused(ada.page.getByText('Filter', { exact: true }));
    await ada.open(`connections/${id}?event=ConnectionTextRedacted`);
    await press(ada.button('Show everything'));
    await isFocused(ada.section('History'));

    await ada.page.route('**/api/v1/audit/export*', () => undefined);
    await ada.open(`connections/${id}?view=proof`);
    await ada.button('Export as NDJSON').press('Enter');
    await press(ada.button('Stop'));
    await ada.isTold('Stopped; nothing was exported.');
    await isFocused(ada.section('Export'));
  });

  it('is brought back to the row that they did something with', async () => {
    const { source } = await newConnection(dashboard.platform, 'active');
    const ada = await dashboard.someoneOf(source, 'admin');
    const row = ada.section('All connections').getByRole('row').last();
    await row.getByRole('button', { name: /^Deactivate/ }).press('Enter');
    await ada.agree('Deactivate').press('Enter');
    await ada.dialog.waitFor({ state: 'detached' });
    await isFocused(row.getByRole('link'));
    await press(ada.button('Dismiss'));
    await isFocused(ada.heading);

    const { email } = await newPerson(source.client, 'member', 'Max Mustermann');
    await ada.open('organization?tab=members');
    await ada.page.getByText(email).waitFor();
    const role = ada.page.getByLabel('Role of Max Mustermann');
    await role.focus();
    await role.selectOption('Auditor');
    await ada.agree('Make an auditor').press('Enter');
    await ada.dialog.waitFor({ state: 'detached' });
    await focused(role).waitFor();
    await ada.button('Remove Max Mustermann').press('Enter');
    await ada.agree('Remove').press('Enter');
    await ada.page.getByText(email).waitFor({ state: 'detached' });
    await isFocused(ada.section('Members'));
  });
});

describe('what others do', () => {
  it('leaves whoever is at it where they are', async () => {
    const { id, source, destination } = await newConnection(dashboard.platform, 'active');
    const ada = await dashboard.someoneOf(source);
    await ada.isTold('Live');
    const row = ada.section('All connections').getByRole('row').last();
    await row.getByRole('button', { name: /^Deactivate/ }).focus();
    await destination.client.step(id, 'deactivate');
    await isFocused(row.getByRole('link'));

    await ada.open('connections?status=inactive');
    await ada.isTold('Live');
    await row.getByRole('link').focus();
    await source.client.step(id, 'reactivate');
    await isFocused(ada.section('All connections'));

    await destination.client.step(id, 'activate');
    await ada.open(`connections/${id}`);
    await ada.isTold('Live');
    await ada.button('Deactivate').focus();
    await destination.client.step(id, 'deactivate');
    await isFocused(ada.heading);
  });

  it('is told until whoever has the focus in the notice has left it', async () => {
    const { ada, clock } = await someoneIsTold();
    const notice = ada.page.getByRole('status').filter({ hasText: 'Enough.' });
    await notice.getByRole('link').focus();
    await clock.runFor(60_000);
    await isFocused(notice.getByRole('link'));
    await ada.button('Create connection').focus();
    await clock.runFor(10_000);
    await notice.waitFor({ state: 'detached' });
  });

  it('is told no longer than ever after whoever had the focus in a notice dismissed it', async () => {
    const { id, source, ada, clock } = await someoneIsTold();
    await source.client.step(id, 'reactivate');
    await ada.button('Dismiss').nth(1).waitFor();
    await press(ada.page.getByRole('status').filter({ hasText: 'Enough.' }).getByRole('button'));
    await isFocused(ada.heading);
    await ada.button('Dismiss').waitFor();
    await clock.runFor(10_000);
    await ada.button('Dismiss').waitFor({ state: 'detached' });
  });
});

describe('what has the focus', () => {
  it('is seen: neither behind the header, nor behind an open menu, nor far away', async () => {
    const { id, source } = await newConnection(dashboard.platform, 'active');
    const ada = await dashboard.someoneOf(source);
    const { page } = ada;
    const { keyboard } = page;
    await page.setViewportSize({ width: 1280, height: 300 });
    await ada.open(`connections/${id}`);
    await ada.button('Details of revision 0').press('Enter');
    await tabTo(ada.button('See the connection then'));
    const { height } = (await page.getByRole('banner').boundingBox())!;
    const here = page.locator('main :focus');
    while ((await here.count()) > 0) {
      expect((await here.boundingBox())!.y).toBeGreaterThanOrEqual(height);
      await keyboard.press('Shift+Tab');
    }

    await ada.button(/^Your account/).press('Enter');
    const signOut = ada.button('Sign out');
    await tabTo(signOut);
    await keyboard.press('Tab');
    await signOut.waitFor({ state: 'hidden' });
    await ada.button(/^Your account/).press('Enter');
    await tabTo(signOut);
    await ada.button(/^Your account/).click();
    await signOut.waitFor({ state: 'hidden' });

    await ada.button('See the connection then').press('Enter');
    await isFocused(ada.heading);
    await isInView(ada.heading);
    await ada.open(`connections/${id}`);
    await ada.button('Details of revision 1').press('Enter');
    await ada.button('Compare with just before').press('Enter');
    await isFocused(page.getByRole('tab', { name: 'Compare' }));
    await isInView(page.getByRole('tab', { name: 'Compare' }));
  });

  it('is seen by whoever has colours of their own', async () => {
    const { source } = await newConnection(dashboard.platform, 'active');
    const somebody = await dashboard.somebody(dashboard.url, { forcedColors: 'active' });
    const ada = await Member.arrive(somebody, await newPerson(source.client, 'member'), source.id);
    const outlineOf = (target: Locator) =>
      target.evaluate((element: { computedStyleMap(): { get(name: string): unknown } }) =>
        String(element.computedStyleMap().get('outline-style')),
      );
    await tabTo(ada.page.getByLabel('Search'));
    expect(await outlineOf(ada.page.getByLabel('Search'))).toBe('double');
    await ada.page.keyboard.press('Tab');
    await ada.page.keyboard.press('Tab');
    expect(await outlineOf(ada.page.locator('label').filter({ hasText: 'Both ways' }))).toBe('double');
  });

  it('may be what shows a password', async () => {
    const visitor = await dashboard.somebody();
    visitor.mayBeAnswered(401);
    const { page } = visitor;
    await page.goto('/sign-in');
    await page.getByLabel('Password', { exact: true }).fill('correct horse');
    await page.keyboard.press('Tab');
    await isFocused(page.getByRole('button', { name: 'Show or hide the password' }));
    await page.keyboard.press('Enter');
    expect(await page.getByLabel('Password', { exact: true }).getAttribute('type')).toBe('text');
  });
});

/** Returns once all of it is within the window. */
async function isInView(target: Locator): Promise<void> {
  const { y, height } = (await target.boundingBox())!;
  expect(y).toBeGreaterThanOrEqual(0);
  expect(y + height).toBeLessThanOrEqual(target.page().viewportSize()!.height);
}
