import type { DemoPerson } from '../../apps/api/src/demo/demo';
import { Dashboard, Member } from '../support/dashboard';
import { picture } from '../support/pictures';
import type { Visitor } from '../support/visitors';

const dashboard = new Dashboard();

/** Signs in as whoever reads the documentation would, and comes to the connections. */
async function signsIn(visitor: Visitor, { email, password }: DemoPerson, organizationId: string): Promise<Member> {
  const { page } = visitor;
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(`**/o/${organizationId}/connections`);
  return new Member(visitor, organizationId);
}

/** What `docs/dashboard.md` shows, in its order. */
it('two people who have read nothing do all of the guide', async () => {
  const { source, destination } = dashboard.service.demo;
  const [adaSits, graceSits] = [await dashboard.somebody(), await dashboard.somebody()];
  for (const visitor of [adaSits, graceSits]) {
    // Whether somebody is signed in is asked, as it has to be.
    visitor.mayBeAnswered(401);
    await visitor.page.goto('/');
    await visitor.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  }
  await picture(adaSits.page, 'sign-in');
  const ada = await signsIn(adaSits, source.person, source['organization-id']);
  const grace = await signsIn(graceSits, destination.person, destination['organization-id']);
  await ada.isTold('You can take up again');
  await picture(ada.page, 'connections');

  await grace.page.getByRole('link', { name: 'Information' }).click();
  await grace.isTold('Give it to partners who want to share data with you');
  await grace.visitor.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await grace.button('Copy Organization ID').click();
  await grace.button('Copied').waitFor();
  await picture(grace.page, 'organization-id');
  const copied = await grace.page.evaluate<string>('navigator.clipboard.readText()');
  expect(copied).toBe(destination['organization-id']);
  await grace.page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Connections' }).click();
  await grace.button('Create connection').waitFor();

  await ada.propose({ partner: copied, name: 'Partner Connection' });
  await ada.dialog.getByRole('checkbox').first().waitFor();
  await picture(ada.page, 'create');
  await ada.agree('Create connection').click();
  await ada.section('What can come next').getByText('Nothing is shared until Globex activates it.').waitFor();
  await ada.noticed();
  await picture(ada.page, 'pending');

  await grace.section('Needs your decision').getByText('Acme wants to share data with you').waitFor();
  await picture(grace.page, 'decision');
  await grace.ask('Activate');
  await grace.dialog.getByText('account.read').waitFor();
  await picture(grace.page, 'activate');
  await grace.agree('Activate').click();
  await ada.section('What can come next').getByText('Your organization may share data with Globex.').waitFor();
  await ada.page.getByRole('link', { name: 'See Partner Connection' }).waitFor();
  await picture(ada.page, 'active');
  await ada.noticed();

  await ada.ask('Deactivate');
  await ada.dialog.getByLabel('Reason (optional)').fill('Contract under review.');
  await picture(ada.page, 'deactivate');
  await ada.agree('Deactivate').click();
  await grace.noticed();
  await grace.page.getByRole('link', { name: 'Partner Connection' }).first().click();
  await grace.section('What can come next').getByText('Only Acme can return it to pending').waitFor();
  await grace.isTold('Contract under review.');
  await picture(grace.page, 'inactive');

  await ada.noticed();
  await ada.open('connections');
  await ada.isTold('You can take up again');
  await picture(ada.page, 'take-up-again');
  await ada.take('Return to pending', 'Review done.');
  await grace.section('What can come next').getByText('Acme offers to share data').waitFor();
  await grace.take('Activate');

  await grace.noticed();
  await grace.button('Details of revision 4').click();
  await grace.seeProven();
  await grace.section('History').scrollIntoViewIfNeeded();
  await grace
    .button('Details of revision 4')
    .evaluate((button) => button.closest('li')?.scrollIntoView({ block: 'center' }));
  await picture(grace.page, 'history');
  const slider = grace.page.getByRole('slider');
  await slider.focus();
  for (let revision = 4; revision > 2; revision -= 1) await slider.press('ArrowLeft');
  await grace.section('As of').getByText('it was inactive, and now it is active').waitFor();
  await picture(grace.page, 'as-of');
  await grace.button('Back to now').click();
  await grace.page.getByRole('tab', { name: 'Compare' }).click();
  await grace.isTold('Now, at revision 4');
  await grace.section('What happened in between').getByText('Revision 4').waitFor();
  await picture(grace.page, 'compare');
  await grace.page.getByRole('tab', { name: 'Proof and export' }).click();
  await grace.button('Verify all 5 events').click();
  await grace.isTold('All 5 events are proven');
  await picture(grace.page, 'proof');
});
