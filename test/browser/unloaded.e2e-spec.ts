import { newConnection } from '../support/client';
import { Dashboard, type Member } from '../support/dashboard';

const dashboard = new Dashboard();
const ASSETS = '**/assets/**';
const MISSING = 'This part of the page could not be loaded';

/** From here on nothing of the dashboard comes that is not there yet. */
async function losesTheRest({ page, visitor }: Member): Promise<void> {
  visitor.mayLose();
  await page.route(ASSETS, (route) => route.abort());
}

describe('a part of the dashboard that cannot be loaded', () => {
  it('is said to be so where a page would be, and is there by another try', async () => {
    const { source } = await dashboard.newPartners();
    const ada = await dashboard.someoneOf(source, 'member', 'Ada Acme');
    await ada.isTold('Live');
    await losesTheRest(ada);
    await ada.page.getByRole('link', { name: 'Information', exact: true }).click();
    await ada.heading.getByText('This page could not be loaded').waitFor();
    // What the page stands in is there still.
    await ada.button('Your account: Ada Acme').waitFor();
    await ada.page.getByRole('link', { name: 'Connections', exact: true }).last().click();
    await ada.isTold('No connections yet');
    await ada.page.getByRole('link', { name: 'Information', exact: true }).click();
    await ada.heading.getByText('This page could not be loaded').waitFor();
    await ada.page.unroute(ASSETS);
    await ada.button('Try again').click();
    await ada.heading.getByText('Information').waitFor();
  });

  it('leaves the page as it is where only a part of it is missing', async () => {
    const { id, source } = await newConnection(dashboard.platform, 'active');
    const ada = await dashboard.someoneOf(source);
    await ada.open(`connections/${id}`);
    await ada.isTold('Live');
    await losesTheRest(ada);
    await ada.page.getByRole('tab', { name: 'Compare' }).click();
    await ada.isTold(MISSING);
    await ada.button('Deactivate').waitFor();
    await ada.page.unroute(ASSETS);
    await ada.button('Load the page anew').click();
    await ada.section('What is different').waitFor();
    expect(await ada.page.getByText(MISSING).count()).toBe(0);
  });

  it('is a hint, which nobody misses', async () => {
    const { id, source } = await newConnection(dashboard.platform, 'active');
    const ada = await dashboard.someoneOf(source);
    await ada.open(`connections/${id}`);
    await ada.isTold('Live');
    await losesTheRest(ada);
    const lost = ada.page.waitForEvent('requestfailed', (request) => request.url().includes('/hint-'));
    await ada.section('Details').locator('time').first().hover();
    await lost;
    await ada.page.getByRole('tab', { name: 'Compare' }).click();
    await ada.isTold(MISSING);
    await ada.button('Deactivate').waitFor();
  });

  it('is what lets somebody sign in again, and what they typed is there still', async () => {
    const { source, destination } = await dashboard.newPartners();
    const ada = await dashboard.someoneOf(source);
    ada.visitor.mayBeAnswered(401);
    await ada.page.route('**/assets/sign-in-again*', (route) => route.abort());
    ada.visitor.mayLose();
    await ada.page.reload();
    await ada.propose({ partner: destination.id, name: 'Long thought about' });
    await ada.page.evaluate(`fetch('/api/v1/session/end-all', { method: 'POST' })`);
    await ada.isTold(MISSING);
    expect(await ada.dialog.getByLabel('Name (optional)').inputValue()).toBe('Long thought about');
  });

  it('leads nobody to the browser’s own page of errors', async () => {
    const { source } = await dashboard.newPartners();
    const ada = await dashboard.someoneOf(source);
    await ada.isTold('Live');
    await losesTheRest(ada);
    await ada.page.getByRole('link', { name: 'Information', exact: true }).click();
    await ada.heading.getByText('This page could not be loaded').waitFor();
    await ada.visitor.cutOff(true);
    const lost = ada.page.waitForEvent('requestfailed');
    await ada.button('Try again').click();
    await lost;
    await ada.page.getByRole('alert').getByText('The service still cannot be reached.').waitFor();
    await ada.heading.getByText('This page could not be loaded').waitFor();
    await ada.page.unroute(ASSETS);
    await ada.visitor.cutOff(false);
    await ada.button('Try again').click();
    await ada.heading.getByText('Information').waitFor();
  });
});

describe('a part of the dashboard that is needed most where nothing can be loaded', () => {
  it('has come before', async () => {
    const { id, source } = await newConnection(dashboard.platform, 'active');
    const ada = await dashboard.someoneOf(source);
    const ahead = ['step-dialog', 'sign-in-again'].map((part) =>
      ada.page.waitForResponse((response) => response.url().includes(`/${part}-`)),
    );
    await ada.open(`connections/${id}`);
    for (const response of await Promise.all(ahead)) await response.finished();
    await ada.visitor.cutOff(true);
    await ada.ask('Deactivate');
    await ada.agree('Deactivate').click();
    await ada.dialog.getByText('The service cannot be reached.').waitFor();
  });

  it('is there at need where nobody answered before', async () => {
    const { id, source } = await newConnection(dashboard.platform, 'active');
    const ada = await dashboard.someoneOf(source);
    const GONE = /\/livez|\/step-dialog-/;
    ada.visitor.mayLose();
    await ada.page.route(GONE, (route) => route.abort());
    const lost = ada.page.waitForEvent('requestfailed', (request) => GONE.test(request.url()));
    await ada.open(`connections/${id}`);
    await lost;
    await ada.page.unroute(GONE);
    await ada.take('Deactivate');
  });
});
