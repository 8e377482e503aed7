import { newConnection } from '../support/client';
import { Dashboard, type Member } from '../support/dashboard';

const dashboard = new Dashboard();
const ASSETS = '**/assets/**';

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

  it('is said to be so where only a part of a page is missing, and no defect', async () => {
    const { id, source } = await newConnection(dashboard.platform, 'active');
    const ada = await dashboard.someoneOf(source);
    await ada.open(`connections/${id}`);
    await ada.isTold('Live');
    await losesTheRest(ada);
    await ada.page.getByRole('tab', { name: 'Compare' }).click();
    await ada.heading.getByText('This page could not be loaded').waitFor();
    // The console is told as well what the page shows, and nothing else.
    for (const trouble of ada.visitor.takeTroubles()) expect(trouble).toMatch(/Unable to preload|imported module/);
    await ada.page.unroute(ASSETS);
    await ada.button('Try again').click();
    await ada.section('What is different').waitFor();
  });
});
