import { join } from 'node:path';
import type { Download, Locator, Page } from 'playwright-core';
import { newConnection } from '../support/client';
import { CommandLine } from '../support/command-line';
import { Dashboard, Member } from '../support/dashboard';
import { isFocused, type Painted, tabTo } from '../support/keyboard';
import { newPerson } from '../support/people';
import { until } from '../support/until';
import { ZONE } from '../support/visitors';

const dashboard = new Dashboard();

describe('somebody with a keyboard alone', () => {
  it('walks through the whole lifecycle, sees where they are, and is brought back to it', async () => {
    const { source, destination } = await dashboard.newPartners();
    const ada = await dashboard.someoneOf(source, 'member', 'Ada Acme');
    const { keyboard } = ada.page;
    await ada.isTold('No connections yet');

    await tabTo(ada.button('Create connection'));
    await keyboard.press('Enter');
    await ada.dialog.getByRole('checkbox').first().waitFor();
    await isFocused(ada.dialog.getByLabel('Organization ID of your partner'));
    await keyboard.press('Escape');
    await ada.dialog.waitFor({ state: 'detached' });
    await isFocused(ada.button('Create connection'));
    await keyboard.press('Enter');
    await isFocused(ada.dialog.getByLabel('Organization ID of your partner'));
    await keyboard.type(destination.id);
    await tabTo(ada.dialog.getByLabel('Name (optional)'));
    await keyboard.type('By keyboard');
    await tabTo(ada.agree('Cancel'));
    await keyboard.press('Shift+Tab');
    // The dialog keeps whoever is in it.
    await tabTo(ada.agree('Create connection'));
    await keyboard.press('Tab');
    expect(await ada.dialog.locator(':focus').count()).toBe(1);
    await tabTo(ada.agree('Create connection'));
    await keyboard.press('Enter');
    await ada.page.getByRole('heading', { level: 1, name: 'By keyboard' }).waitFor();
    await isFocused(ada.heading);

    const grace = await dashboard.someoneOf(destination, 'member', 'Grace Globex');
    await grace.isTold('Acme wants to share data with you');
    await takeByKeyboard(grace, /^Activate/, 'Activate');
    await ada.section('What can come next').getByText('Your organization may share data with Globex.').waitFor();
    await takeByKeyboard(ada, 'Deactivate', 'Deactivate', 'Contract under review.');
    await takeByKeyboard(ada, 'Return to pending', 'Return to pending', 'Review done.');
    await grace.isTold('Acme wants to share data with you');
    await takeByKeyboard(grace, /^Activate/, 'Activate');
    await ada.section('What can come next').getByText('Your organization may share data with Globex.').waitFor();

    await tabTo(ada.page.getByRole('slider'));
    await keyboard.press('Home');
    await ada.isTold('This is the past');
    await tabTo(ada.button('Back to now'), 'Shift+Tab');
    await keyboard.press('Enter');
    await ada.isTold('Now, at revision 4');
    await tabTo(ada.page.getByRole('tab', { name: 'History' }));
    await keyboard.press('ArrowRight');
    await ada.section('What is different').waitFor();
    await keyboard.press('ArrowLeft');
    await tabTo(ada.button('1 new event: show'));
    await keyboard.press('Enter');
    await tabTo(ada.button('Details of revision 4'));
    await keyboard.press('Enter');
    await ada.page.getByText('Position in the log').waitFor();
  });

  it('stays where they are when something is refused, and goes on from what is gone', async () => {
    const { id, source, destination } = await newConnection(dashboard.platform, 'active');
    const ada = await dashboard.someoneOf(source, 'admin', 'Ada Acme');
    const { page } = ada;
    const { keyboard } = page;
    ada.visitor.mayBeAnswered(412, 422, 503);
    const away = { errors: [{ status: '503', code: 'unavailable', title: 'Away', details: 'It cannot be reached.' }] };
    const refuse = (path: string) =>
      page.route(path, (route) =>
        route.request().method() === 'POST' ? route.fulfill({ status: 503, json: away }) : route.fallback(),
      );

    await refuse('**/api/v1/connect/connections');
    await ada.button('Create connection').press('Enter');
    await ada.dialog.getByLabel('Organization ID of your partner').fill(destination.id);
    await ada.agree('Create connection').press('Enter');
    await ada.dialog.getByRole('alert').waitFor();
    await isFocused(ada.agree('Create connection'));
    await keyboard.press('Escape');
    await ada.dialog.waitFor({ state: 'detached' });

    await ada.open(`connections/${id}`);
    await ada.button('Deactivate').press('Enter');
    await destination.client.step(id, 'deactivate');
    await ada.agree('Deactivate').press('Enter');
    await isFocused(ada.agree('Reload what changed'));
    await keyboard.press('Enter');
    await isFocused(ada.dialog.getByRole('status', { name: 'This is how it is now' }));
    await keyboard.press('Escape');
    await ada.dialog.waitFor({ state: 'detached' });
    await isFocused(ada.heading);

    await ada.open('organization?tab=api-keys');
    await refuse('**/api/v1/api-keys/*/revoke');
    await ada.button(/^Revoke the key/).press('Enter');
    await ada.agree('Revoke').press('Enter');
    await ada.dialog.getByRole('alert').waitFor();
    await isFocused(ada.agree('Revoke'));
    await page.unroute('**/api/v1/api-keys/*/revoke');
    await keyboard.press('Enter');
    const row = page.getByRole('row').filter({ hasText: 'Revoked' });
    await row.waitFor();
    await isFocused(row);

    await page.goto('/account');
    const [current, next] = [page.getByLabel('Current password'), page.getByLabel('New password')];
    await current.fill('wrong horse battery staple');
    await next.fill('another horse battery staple');
    await ada.button('Change password').press('Enter');
    // The one that is wrong is where it goes on.
    await isFocused(current);
    expect(await current.getAttribute('aria-invalid')).toBe('true');
    await current.fill('correct horse battery staple');
    await ada.button('Change password').press('Enter');
    await ada.isTold('Your password was changed');
    await isFocused(ada.button('Change password'));
  });

  it('may skip what stands before the page', async () => {
    const { source } = await dashboard.newPartners();
    const ada = await dashboard.someoneOf(source);
    await ada.page.keyboard.press('Tab');
    await isFocused(ada.page.getByText('Skip to the page'));
    await ada.page.keyboard.press('Enter');
    await tabTo(ada.button('Create connection'));
  });
});

describe('the past of a connection', () => {
  it('is shown as of any event or moment, takes no steps, and survives a reload', async () => {
    const { id, source, destination } = await newConnection(dashboard.platform, 'active');
    const ada = await dashboard.someoneOf(source);
    await ada.open(`connections/${id}`);
    await ada.button('Details of revision 0').click();
    await ada.button('See the connection then').click();
    await ada.isTold('This is the past: it was pending, and now it is active.');
    expect(await ada.button('Deactivate').count()).toBe(0);
    await ada.section('What could come next then').waitFor();
    await ada.page.reload();
    await ada.isTold('This is the past: it was pending, and now it is active.');
    expect(new URL(ada.page.url()).searchParams.get('revision')).toBe('0');
    // What happens meanwhile does not carry anybody out of the past.
    await destination.client.step(id, 'deactivate');
    await ada.isTold('it was pending, and now it is inactive.');
    await ada.page.goBack();
    await ada.button('Return to pending').waitFor();

    const field = ada.page.getByLabel('Or a moment, by the clock here');
    await field.fill('2020-01-01T00:00');
    await ada.button('Go there').click();
    await ada.isTold('The connection was not there at that moment.');
    await field.fill('2120-01-01T00:00');
    await ada.button('Go there').click();
    await ada.isTold('This lies in the future; nobody knows yet.');
    await ada.button('Back to now').click();
    await ada.isTold('Now, at revision 2');
  });

  it('in the hour that comes twice is the one that the address says', async () => {
    const { id, source } = await newConnection(dashboard.platform, 'active');
    const somebody = await dashboard.somebody(dashboard.url, { timezoneId: 'America/St_Johns' });
    const ada = await Member.arrive(somebody, await newPerson(source.client, 'member'), source.id);
    // Half an hour after the clocks there were put back: they show what they showed an hour before.
    await ada.open(`connections/${id}?as-of=2025-11-02T05:00:00.000Z`);
    await ada.isTold('The connection was not there at that moment.');
    await ada.button('Go there').click();
    await ada.isTold('The connection was not there at that moment.');
    expect(new URL(ada.page.url()).searchParams.get('as-of')).toBe('2025-11-02T05:00:00.000Z');
  });

  it('is compared with another time, in words', async () => {
    const { id, source } = await newConnection(dashboard.platform, 'inactive');
    const ada = await dashboard.someoneOf(source);
    await ada.open(`connections/${id}?view=compare`);
    const status = ada.section('What is different').getByRole('row').filter({ hasText: 'Status' });
    await status.filter({ hasText: 'Pending' }).filter({ hasText: 'Inactive' }).waitFor();
    await ada.page.getByLabel('From: event').selectOption('1');
    await status.filter({ hasText: 'Active' }).filter({ hasText: 'Inactive' }).waitFor();
    await ada.page.getByLabel('To: kind of time').selectOption('After an event');
    await ada.page.getByLabel('To: event').selectOption('1');
    await ada.isTold('Nothing is different.');
    await ada.page.reload();
    await ada.isTold('Nothing is different.');
  });
});

describe('the history of a connection', () => {
  it('says who of one’s own did what, in the words that they wrote', async () => {
    const { id, source } = await newConnection(dashboard.platform, 'pending');
    const ada = await dashboard.someoneOf(source, 'member', 'Ada Acme');
    await ada.open(`connections/${id}`);
    await ada.take('Deactivate', 'He said "no".\nSecond line');
    const sentence =
      /\(source\) deactivated the connection for the reason “He said "no"\.\s+Second line” as Ada Acme\.$/;
    await ada.section('History').getByText(sentence).waitFor();
    await ada.page.getByRole('tab', { name: 'Compare' }).click();
    await ada.section('What happened in between').getByText(sentence).waitFor();
  });

  it('is narrowed to what happened, and says so after a reload', async () => {
    const { id, source } = await newConnection(dashboard.platform, 'inactive');
    const ada = await dashboard.someoneOf(source);
    const rows = ada.page.getByRole('group', { name: 'Events' }).getByRole('listitem');
    await ada.open(`connections/${id}`);
    await ada.page.getByText('Filter', { exact: true }).click();
    await ada.page.getByRole('checkbox', { name: 'Activated', exact: true }).click();
    await ada.page.getByRole('status').getByText('1 found').waitFor();
    expect(await rows.count()).toBe(1);
    await ada.page.reload();
    await ada.isTold('Filter (1 set)');
    await ada.isTold('1 found');
    await ada.page.getByLabel('Who').selectOption({ index: 1 });
    await ada.isTold('Nothing happened that fits the filter.');
    await ada.button('Clear the filter').click();
    await ada.isTold('This is the whole history');
  });

  it('is proven in the browser, and by the command line from an exported file', async () => {
    const { id, source } = await newConnection(dashboard.platform, 'inactive');
    const ada = await dashboard.someoneOf(source, 'admin');
    const { page } = ada;
    await ada.open(`connections/${id}`);
    await ada.button('Details of revision 2').click();
    await ada.seeProven();
    await page.getByRole('tab', { name: 'Proof and export' }).click();
    await ada.button('Verify all 3 events').click();
    await ada.isTold('All 3 events are proven');

    const [keys, ndjson, csv] = [
      await downloaded(page, ada.button('download what the service tells')),
      await downloaded(page, ada.button('Export as NDJSON')),
      await downloaded(page, ada.button('Export as CSV')),
    ];
    // Where there is neither the service nor its files.
    const cli = new CommandLine(join(dashboard.service.folder, 'nothing'));
    for (const file of [ndjson, csv]) {
      const { whole, events } = await cli.ask('verify', file, '--key', keys);
      expect({ whole, events }).toEqual({ whole: true, events: 3 });
    }
  });

  it('that an instance tells wrongly is not proven', async () => {
    const { id, source } = await newConnection(dashboard.platform, 'inactive');
    const ada = await dashboard.someoneOf(source);
    await ada.page.route(
      (url) => url.pathname.endsWith(`/${id}/diff`),
      async (route) => {
        const response = await route.fetch();
        const json = (await response.json()) as { data: { attributes: { events: Told[] } } };
        for (const { attributes } of json.data.attributes.events) {
          if (attributes.revision === 1) attributes.hash = '0'.repeat(64);
        }
        await route.fulfill({ response, json });
      },
    );
    await ada.open(`connections/${id}?view=proof`);
    await ada.button('Verify all 3 events').click();
    await ada.isTold('Revision 1 is not proven');
  });

  it('loses what its writer redacts, for ever and for both', async () => {
    const { source, destination } = await dashboard.newPartners();
    const created = await source.client.create(destination.id, { name: 'A secret project' });
    const id = created.body.data.id as string;
    const ada = await dashboard.someoneOf(source, 'admin');
    const grace = await dashboard.someoneOf(destination, 'admin');
    for (const who of [ada, grace]) {
      await who.open(`connections/${id}`);
      await who.page.getByRole('heading', { level: 1, name: 'A secret project' }).waitFor();
      await who.button('Details of revision 0').click();
      await who.page.getByText('Position in the log').waitFor();
    }
    // Only who wrote it may take it away.
    expect(await grace.button(/^Redact/).count()).toBe(0);
    await ada.button(/^Redact the name/).click();
    expect(await ada.agree('Redact for ever').isDisabled()).toBe(true);
    await ada.dialog.getByRole('checkbox').check();
    // What was refused and is tried once more is to be answered anew, and so has a key of its own.
    const keys: (string | undefined)[] = [];
    ada.visitor.mayBeAnswered(403);
    await ada.page.route('**/redact', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      await (keys.length === 1 ? route.fulfill({ status: 403 }) : route.continue());
    });
    await ada.agree('Redact for ever').click();
    await ada.dialog.getByRole('alert').waitFor();
    await ada.agree('Redact for ever').click();
    for (const { page } of [ada, grace]) {
      await page.getByRole('heading', { level: 1, name: /^Connection (to Globex|from Acme)$/ }).waitFor();
      await until('nothing of it is left', async () => !(await page.content()).includes('A secret project'), 60_000);
    }
    expect([keys.length, new Set(keys).size]).toEqual([2, 2]);
  });
});

describe('what the partner does', () => {
  it('is told in a notice, and offered to whoever reads the history', async () => {
    const { id, source, destination } = await newConnection(dashboard.platform, 'active');
    const ada = await dashboard.someoneOf(source);
    await ada.isTold('Live');
    await destination.client.step(id, 'deactivate', { reason: 'He said "Enough."' });
    const notice = ada.page.getByRole('status').filter({ hasText: '“He said "Enough."”' });
    expect(await notice.innerText()).not.toMatch(/\d{4}-\d\d-\d\dT/);
    expect(await ada.page.getByRole('alert').count()).toBe(0);
    await notice.getByRole('link', { name: 'See Connection to Destination' }).click();
    await ada.section('What can come next').waitFor();
    expect(ada.page.url()).toContain(id);

    await source.client.step(id, 'reactivate');
    await ada.isTold('1 new event: show');
    expect(await ada.button('Details of revision 3').count()).toBe(0);
    await destination.client.step(id, 'activate');
    await ada.button('2 new events: show').click();
    await ada.button('Details of revision 4').waitFor();
    expect(await ada.button(/new events?: show/).count()).toBe(0);
  });

  it('is asked for where no stream can be kept open', async () => {
    const { id, source, destination } = await newConnection(dashboard.platform, 'active');
    const ada = await dashboard.someoneOf(source);
    ada.visitor.mayBeAnswered(502);
    await ada.page.route('**/connect/events/stream', (route) => route.fulfill({ status: 502 }));
    await ada.page.reload();
    await ada.isTold('Every few seconds');
    await destination.client.step(id, 'deactivate');
    await ada.section('All connections').getByText('Inactive').last().waitFor();
    await ada.isTold('You can take up again');
    await ada.page.unroute('**/connect/events/stream');
    await ada.isTold('Live');
  });

  it('is live again after something on the way has refused the stream', async () => {
    const { source } = await newConnection(dashboard.platform, 'active');
    const ada = await dashboard.someoneOf(source);
    ada.visitor.mayBeAnswered(403);
    await ada.page.route('**/connect/events/stream', (route) => route.fulfill({ status: 403 }));
    await ada.page.reload();
    await ada.isTold('Reconnecting');
    await ada.page.unroute('**/connect/events/stream');
    await ada.isTold('Live');
  });

  it('is counted where it is too much to be told one by one', async () => {
    const { id, source, destination } = await newConnection(dashboard.platform, 'active');
    const ada = await dashboard.someoneOf(source);
    await ada.isTold('Live');
    for (let times = 0; times < 3; times += 1) {
      await destination.client.step(id, 'deactivate');
      await source.client.step(id, 'reactivate');
      await destination.client.step(id, 'activate');
    }
    await ada.isTold(/^[1-4] more things? happened\./);
    await ada.page.getByRole('link', { name: 'See what changed last' }).click();
    await ada.page.waitForURL(/sort=-updated-at/);
  });

  it('meanwhile is seen once the network is back', async () => {
    const { id, source, destination } = await newConnection(dashboard.platform, 'active');
    const ada = await dashboard.someoneOf(source);
    await ada.open(`connections/${id}`);
    await ada.isTold('Live');
    await ada.ask('Deactivate');
    await ada.visitor.cutOff(true);
    await ada.isTold('You are offline.');
    await destination.client.step(id, 'deactivate');
    await ada.agree('Deactivate').click();
    await ada.dialog.getByText('The service cannot be reached.').waitFor();
    ada.visitor.mayBeAnswered(412);
    await ada.visitor.cutOff(false);
    await ada.page.getByText('You are offline.').waitFor({ state: 'detached' });
    await ada.agree('Deactivate').click();
    await ada.dialog.getByRole('button', { name: 'Reload what changed' }).click();
    await ada.dialog.getByText('Your organization may no longer do this.').waitFor();
    await ada.page.keyboard.press('Escape');
    await ada.button('Return to pending').waitFor();
  });
});

describe('a time', () => {
  it('is told by the clock here, and in UTC to whoever points at it or comes to it', async () => {
    const { id, source } = await newConnection(dashboard.platform, 'pending');
    const created = (await source.client.retrieve(id)).body.data.attributes['created-at'] as string;
    const here = { dateStyle: 'medium', timeStyle: 'short', timeZone: ZONE.timezoneId } as const;
    const ada = await dashboard.someoneOf(source);
    await ada.open(`connections/${id}`);
    const time = ada.section('Details').locator('time').first();
    expect(await time.innerText()).toBe(new Intl.DateTimeFormat(ZONE.locale, here).format(new Date(created)));
    const hint = ada.page.getByRole('tooltip', { name: created.replace('T', ' ').replace('Z', ' UTC') });
    await time.hover();
    await hint.waitFor();
    await ada.page.keyboard.press('Escape');
    await hint.waitFor({ state: 'detached' });
    await tabTo(time);
    await hint.waitFor();
  });
});

describe('whoever has colours of their own', () => {
  it('sees what is chosen, and where a notice ends', async () => {
    const { id, source } = await newConnection(dashboard.platform, 'active');
    const somebody = await dashboard.somebody(dashboard.url, { forcedColors: 'active' });
    const ada = await Member.arrive(somebody, await newPerson(source.client, 'member'), source.id);
    await isOutlined(ada.page.getByText('Both ways'), true);
    await isOutlined(ada.page.getByText('We share →'), false);
    await isOutlined(ada.page.getByRole('link', { name: 'Connections', exact: true }).last(), true);
    await ada.open(`connections/${id}`);
    await isOutlined(ada.page.getByRole('tab', { name: 'History' }), true);
    await isOutlined(ada.page.getByRole('tab', { name: 'Compare' }), false);
    await isOutlined(ada.page.getByText('Newest first'), true);
    await ada.take('Deactivate');
    const notice = ada.page.getByRole('status').filter({ hasText: 'The connection is inactive.' });
    expect(await styleOf(notice, 'border-top-style')).toBe('solid');
  });
});

describe('whoever wants no motion', () => {
  it('sees none', async () => {
    const { id, source } = await newConnection(dashboard.platform, 'active');
    const ada = await dashboard.someoneOf(source);
    await ada.page.emulateMedia({ reducedMotion: 'reduce' });
    await ada.open(`connections/${id}`);
    await ada.ask('Deactivate');
    await ada.dialog.getByLabel('Reason (optional)').waitFor();
    // A colour that changes is no motion.
    const moving = await ada.page.evaluate<string[]>(`document.getAnimations()
      .filter((animation) => animation.effect.getComputedTiming().duration > 1)
      .map((animation) => animation.transitionProperty ?? animation.animationName)
      .filter((what) => !/color$/.test(what))`);
    expect(moving).toEqual([]);
  });
});

/** An event, as far as it is told wrongly. */
interface Told {
  readonly attributes: { readonly revision: number; hash: string };
}

const styleOf = (target: Locator, name: string): Promise<string> =>
  target.evaluate((element: Painted, asked) => String(element.computedStyleMap().get(asked)), name);

/** What is painted may be a part of what is found, or around it. */
const isOutlined = async (target: Locator, expected: boolean): Promise<void> => {
  await target.waitFor();
  const parts = target.or(target.locator('xpath=ancestor-or-self::label'));
  await until(`${String(target)} is ${expected ? '' : 'not '}outlined`, async () => {
    const styles = await Promise.all((await parts.all()).map((part) => styleOf(part, 'outline-style')));
    return styles.includes('solid') === expected;
  });
};

async function takeByKeyboard(who: Member, button: string | RegExp, step: string, reason?: string): Promise<void> {
  const { keyboard } = who.page;
  await tabTo(who.button(button).first());
  await keyboard.press('Enter');
  await who.dialog.waitFor();
  if (reason !== undefined) {
    await isFocused(who.dialog.getByLabel('Reason (optional)'));
    await keyboard.type(reason);
  }
  await tabTo(who.agree(step));
  await keyboard.press('Enter');
  await who.dialog.waitFor({ state: 'detached' });
  // What was pressed may be gone; the page is not.
  await isFocused(who.heading);
}

/** Saves what a button gives to the browser. @returns where it lies. */
async function downloaded(page: Page, button: Locator): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  return saved(download);
}

async function saved(download: Download): Promise<string> {
  const path = join(dashboard.service.folder, download.suggestedFilename());
  await download.saveAs(path);
  return path;
}
