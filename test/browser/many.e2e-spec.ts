import type { Locator } from 'playwright-core';
import type { Pair } from '../support/client';
import { Dashboard, Member } from '../support/dashboard';
import { newPerson } from '../support/people';
import { seedLog } from '../support/seeded-log';

const MANY = 10_000;

const dashboard = new Dashboard();
let pair: Pair;
let ada: Member;
let eventful: string;

beforeAll(async () => {
  pair = await dashboard.newPartners();
  const person = await newPerson(pair.source.client, 'member');
  await dashboard.service.restart(() =>
    seedLog(dashboard.service.folder, async (seeding) => {
      await seeding.crowd(pair.source.id, MANY);
      eventful = await seeding.history({ source: pair.source.id, destination: pair.destination.id }, MANY);
    }),
  );
  ada = await Member.arrive(await dashboard.somebody(), person, pair.source.id);
});

const rows = (): Locator => ada.page.getByRole('table').locator('tbody').getByRole('row');
const names = (): Promise<string[]> => rows().getByRole('rowheader').allInnerTexts();
const agreements = (from: number, to: number): string[] =>
  Array.from({ length: Math.abs(to - from) + 1 }, (_, at) => `Agreement ${from + Math.sign(to - from) * at}`);
/** Returns once the first row is this one, and says what all of them are. */
const namesFrom = async (first: string): Promise<string[]> => {
  await rows().first().getByText(first, { exact: true }).waitFor();
  return names();
};

/** A thing on a page. */
interface Clicked {
  click(): void;
}

describe('ten thousand connections', () => {
  it('are shown page by page, in the order that is chosen, and stay so when reloaded', async () => {
    const { page } = ada;
    await ada.open('connections');
    await page.getByLabel('Order').selectOption('Oldest first');
    expect(await namesFrom('Agreement 1')).toEqual(expect.arrayContaining(agreements(1, 20)));
    const turned = page.getByRole('group', { name: 'Page of the list' }).and(page.locator(':focus'));
    await page.getByRole('link', { name: 'Next' }).press('Enter');
    await page.waitForURL(/after/);
    await turned.waitFor();
    await rows().first().getByText('Agreement 1', { exact: true }).waitFor({ state: 'detached' });
    const second = await names();
    expect(second).toHaveLength(25);
    await page.reload();
    expect(await namesFrom(second[0]!)).toEqual(second);
    await page.getByLabel('Connections on a page').selectOption('100 on a page');
    expect(await namesFrom('Agreement 1')).toHaveLength(100);
    await page.goBack();
    expect(await namesFrom(second[0]!)).toEqual(second);
    await page.getByRole('link', { name: 'Previous' }).press('Enter');
    await namesFrom('Agreement 1');
    await turned.waitFor();
  });

  it('are where they were for whoever comes back to them', async () => {
    const { page } = ada;
    await ada.open('connections?sort=name&size=50');
    await rows().nth(49).waitFor();
    await rows().nth(40).scrollIntoViewIfNeeded();
    const place = (): Promise<number> => page.evaluate<number>('Math.round(scrollY)');
    const before = await place();
    expect(before).toBeGreaterThan(1_000);
    await page.reload();
    await rows().nth(49).waitFor();
    expect(await place()).toBe(before);

    await rows().nth(40).getByRole('link').click();
    await page.getByRole('tab', { name: 'Compare' }).click();
    await page.reload();
    await page.getByRole('main').getByRole('link', { name: 'Connections' }).click();
    await rows().nth(49).waitFor();
    expect(new URL(page.url()).search).toBe('?sort=name&size=50');
    // By keyboard nobody goes through fifty rows to the next page.
    await ada.button('Skip to the pages of the list').press('Enter');
    await page.keyboard.press('Tab');
    await page.getByLabel('Connections on a page').and(page.locator(':focus')).waitFor();
  });

  it('are found by what is in their name, their partner or their id', async () => {
    const { page } = ada;
    await ada.open('connections');
    const search = page.getByLabel('Search');
    await search.fill('agreement 1234');
    expect(await namesFrom('Agreement 1234')).toEqual(['Agreement 1234']);
    expect(new URL(page.url()).search).toContain('1234');
    await page.reload();
    expect(await namesFrom('Agreement 1234')).toEqual(['Agreement 1234']);
    expect(await search.inputValue()).toBe('agreement 1234');
    await search.fill('Partner 77');
    await rows().first().getByText('Partner 77', { exact: false }).first().waitFor();
    await search.fill(eventful);
    await rows().getByText('Globex').first().waitFor();
    expect(await rows().count()).toBe(1);
    await search.fill('nothing of the kind');
    await ada.button('Clear filters').click();
    await rows().nth(24).waitFor();
    expect(await search.inputValue()).toBe('');
  });

  it('are narrowed by each of two clicks, however quickly the second follows', async () => {
    const { page } = ada;
    await ada.open('connections');
    await rows().nth(24).waitFor();
    // The second comes as soon as the page has shown the first, and before its address has.
    await page
      .getByRole('group', { name: 'Status' })
      .evaluate(async (group: { querySelectorAll(of: string): Clicked[] }) => {
        const [, active, inactive] = group.querySelectorAll('input');
        active?.click();
        await Promise.resolve();
        inactive?.click();
      });
    await page.waitForURL(/active%2Cinactive/);
    for (const name of ['Active', 'Inactive']) {
      expect(await page.getByRole('checkbox', { name, exact: true }).isChecked()).toBe(true);
    }
  });

  it('are narrowed to a status and a direction, and going back widens them again', async () => {
    const { page } = ada;
    await ada.open('connections');
    await rows().nth(24).waitFor();
    const before = await names();
    await page.getByRole('group', { name: 'Status' }).getByText('Active', { exact: true }).click();
    await page.waitForURL(/active/);
    await ada.isTold('No connection matches');
    await page.getByRole('radiogroup', { name: 'Direction' }).getByText('They share').click();
    await page.waitForURL(/destination/);
    await page.reload();
    await ada.isTold('No connection matches');
    expect(await page.getByRole('checkbox', { name: 'Active', exact: true }).isChecked()).toBe(true);
    await page.goBack();
    await page.goBack();
    expect(await namesFrom(before[0]!)).toEqual(before);
  });
});

describe('ten thousand events', () => {
  const events = (): Locator => ada.page.getByRole('group', { name: 'Events' }).getByRole('listitem');

  it('are shown a hundred at a time, from either end', async () => {
    await ada.open(`connections/${eventful}`);
    await ada.isTold('100 of 10,000 events shown');
    await ada.button('Details of revision 9999').waitFor();
    await ada.button('Show 100 older events').press('Enter');
    await ada.isTold('200 of 10,000 events shown');
    expect(await events().count()).toBe(200);
    // Whoever goes by keyboard goes on with the first that is new.
    await ada.button('Details of revision 9899').and(ada.page.locator(':focus')).waitFor();
    await ada.page.getByText('Oldest first').click();
    await ada.button('Details of revision 0').waitFor();
    expect(await events().count()).toBe(100);
  });

  it('can be looked at from any of them, and compared', async () => {
    const { page } = ada;
    await ada.open(`connections/${eventful}`);
    const slider = page.getByRole('slider');
    await slider.focus();
    await slider.press('Home');
    await page.waitForURL(/revision=0/);
    await ada.isTold('The past, at revision 0 of 9999');
    await slider.press('PageUp');
    await page.waitForURL(/revision=[1-9]/);
    await ada.button('Back to now').click();
    await page.getByRole('tab', { name: 'Compare' }).click();
    await page.getByLabel('Revision, 0 to 9,999').fill('5000');
    await page.waitForURL(/from=5000/);
    await ada.section('What happened in between').getByText('Revision 5001').waitFor();
    await ada.isTold('the history has the rest');
  });

  it('are verified until somebody has seen enough', async () => {
    await ada.open(`connections/${eventful}?view=proof`);
    await ada.button('Verify all 10,000 events').click();
    await ada.page.getByText(/^[1-9][\d,]* of 10,000$/).waitFor();
    await ada.button('Stop').click();
    await ada.isTold('Stopped; nothing is known of the rest.');
  });
});
