import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf } from '@connections/host/stores';
import { newConnection } from '../support/client';
import { CommandLine } from '../support/command-line';
import { Dashboard } from '../support/dashboard';

const dashboard = new Dashboard();

const older = (): string => join(dashboard.service.folder, 'older.sqlite');

/** Keeps a copy of the log as it is now. */
const copied = (): Promise<void> =>
  dashboard.service.restart(() => cpSync(filesOf(dashboard.service.folder).log, older()));

/** Puts the copy in the place of what the log has become. */
const restored = (): Promise<void> =>
  dashboard.service.restart(async () => {
    const { folder } = dashboard.service;
    for (const file of readdirSync(folder)) if (file.startsWith('events.sqlite')) rmSync(join(folder, file));
    cpSync(older(), filesOf(folder).log);
    expect((await new CommandLine(folder).run('projection', 'rebuild')).exitCode).toBe(0);
  });

describe('a page that was open when the log was restored from an older copy', () => {
  it('shows what is true now, and what happens from then on', async () => {
    const { id, source, destination } = await newConnection(dashboard.platform, 'active');
    await copied();
    const ada = await dashboard.someoneOf(source);
    const connections = ada.page.getByRole('table');
    await ada.isTold('Live');
    expect((await destination.client.step(id, 'deactivate')).status).toBe(200);
    await connections.getByText('Inactive', { exact: true }).waitFor();
    // Its notice stays, and does not keep the next one from being seen.
    await ada.page.getByRole('status').filter({ hasText: 'deactivated' }).waitFor();

    ada.visitor.mayLose();
    // What was seen is there no more, and it takes some tries to know that it does not come.
    ada.visitor.mayBeAnswered(400, 503);
    await restored();
    await connections.getByText('Active', { exact: true }).waitFor();
    await ada.page.getByRole('status').getByText('Live', { exact: true }).waitFor();
    await destination.client.step(id, 'deactivate', { reason: 'Anew.' });
    await ada.page.getByRole('status').filter({ hasText: 'Anew.' }).waitFor();
    await connections.getByText('Inactive', { exact: true }).waitFor();
  });

  it('does so as well where nothing is live', async () => {
    const { id, source } = await newConnection(dashboard.platform, 'active');
    await copied();
    const ada = await dashboard.someoneOf(source);
    ada.visitor.mayLose();
    ada.visitor.mayBeAnswered(400, 503);
    await ada.page.route('**/connect/events**', (route) => route.abort());
    await ada.open(`connections/${id}`);
    await ada.take('Deactivate');
    await restored();
    await ada.page.getByRole('link', { name: 'Connections', exact: true }).last().click();
    await ada.page.getByRole('table').getByText('Active', { exact: true }).waitFor();
  });
});
