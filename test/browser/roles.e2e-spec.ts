import { newConnection, type Party } from '../support/client';
import { Dashboard } from '../support/dashboard';
import { newPerson } from '../support/people';

const dashboard = new Dashboard();

async function idOf({ client }: Party, called: string): Promise<string | undefined> {
  const members = (await client.get('/members')).body.data as { id: string; attributes: { name: string } }[];
  return members.find(({ attributes: { name } }) => name === called)?.id;
}

/** Gives somebody of an organization another role. */
async function makes(party: Party, called: string, role: string): Promise<void> {
  const id = await idOf(party, called);
  const changed = await party.client.post(`/members/${id}/role`, { body: { data: { attributes: { role } } } });
  expect(changed.status).toBe(200);
}

describe('somebody whose role is changed while they do something', () => {
  it('hears that it is they who may not take a step, and not their organization', async () => {
    const { id, source } = await newConnection(dashboard.platform, 'pending');
    const ada = await dashboard.someoneOf(source, 'member', 'Ada Acme');
    await ada.open(`connections/${id}`);
    await ada.ask('Deactivate');
    await makes(source, 'Ada Acme', 'auditor');
    ada.visitor.mayBeAnswered(403);
    await ada.agree('Deactivate').click();
    await ada.dialog.getByText('You may not do this').waitFor();
    await ada.dialog.getByRole('button', { name: 'Reload what changed' }).click();
    await ada.dialog.getByText('You may no longer do this; members and admins of your organization may.').waitFor();
    // The connection is as it was.
    expect(await ada.dialog.getByText('This is how it is now').count()).toBe(0);
    await ada.isTold(/^You are an auditor of .* now\./);
  });

  it('is told so where what they did is no longer theirs to do', async () => {
    const { source } = await dashboard.newPartners();
    const ada = await dashboard.someoneOf(source, 'admin', 'Ada Acme');
    // Somebody has to be an admin.
    await newPerson(source.client, 'admin', 'Cyd Acme');
    await ada.open('organization?tab=api-keys');
    await ada.button('Make API key').click();
    await ada.dialog.getByLabel('Name').fill('Nightly export');
    await makes(source, 'Ada Acme', 'member');
    ada.visitor.mayBeAnswered(403);
    await ada.agree('Make API key').click();
    await ada.isTold('You are a member of Acme now.');
    await ada.dialog.waitFor({ state: 'detached' });
  });
});

describe('somebody who is removed while they look', () => {
  it('is told of what they are no member any more', async () => {
    const { source } = await dashboard.newPartners();
    const ada = await dashboard.someoneOf(source, 'member', 'Ada Acme');
    await ada.isTold('Live');
    ada.visitor.mayBeAnswered(403, 404);
    expect((await source.client.post(`/members/${await idOf(source, 'Ada Acme')}/remove`)).status).toBe(200);
    await ada.page.getByRole('link', { name: 'Information' }).click();
    await ada.page.getByRole('heading', { name: 'You are no longer a member of Acme' }).waitFor();
  });
});
