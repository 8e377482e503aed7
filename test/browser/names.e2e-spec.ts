import SqliteDatabase from 'better-sqlite3';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { newOrganization, type Party } from '../support/client';
import { Dashboard, Member } from '../support/dashboard';
import { newPerson } from '../support/people';

const dashboard = new Dashboard();

/** A partner that has offered a connection, with a name and a reason of its own. */
async function proposed(partner: Party, to: Party, text: string): Promise<string> {
  const created = await partner.client.create(to.id, { name: text });
  const id = created.body.data.id as string;
  await partner.client.step(id, 'deactivate', { reason: text });
  await partner.client.step(id, 'reactivate');
  return id;
}

describe('a name without any space', () => {
  it('breaks where it has to, on every page, wide and narrow', async () => {
    // Its key is called after it.
    const LONG = 'W'.repeat(190);
    const acme = await newOrganization(dashboard.platform, 'Acme');
    const partner = await newOrganization(dashboard.platform, LONG);
    const id = await proposed(partner, acme, LONG);
    const back = (await acme.client.create(partner.id)).body.data.id as string;
    const ada = await dashboard.someoneOf(acme, 'admin', LONG);
    const ofThem = await dashboard.someoneOf(partner);
    const { page } = ada;
    const wide: string[] = [];
    for (const [who, path, told] of [
      [ada, `/o/${acme.id}/connections`, 'wants to share data with you'],
      [ada, `/o/${acme.id}/connections/${id}`, 'This is the whole history'],
      [ada, `/o/${acme.id}/connections/${back}`, 'This is the whole history'],
      [ada, `/o/${acme.id}/connections/${id}?view=compare`, 'What happened in between'],
      [ada, `/o/${acme.id}/organization?tab=members`, 'Remove'],
      [ada, '/account', 'Your organizations'],
      [ofThem, `/o/${partner.id}/organization`, 'Here since'],
      [ofThem, '/account', 'Your organizations'],
    ] as const) {
      await who.page.goto(path);
      await who.isTold(told);
      if (told === 'This is the whole history') await who.page.getByText('Filter', { exact: true }).click();
      for (const width of [1280, 900, 320]) {
        await who.page.setViewportSize({ width, height: 800 });
        const by = await tooWide(who.page.locator('html'));
        if (by > 0) wide.push(`${path} is ${by} px wider than ${width} px`);
      }
    }
    expect(wide).toEqual([]);
    // What lies over the page as well.
    await page.goto(`/o/${acme.id}/connections`);
    await ada.ask('Activate');
    expect(await tooWide(ada.dialog)).toBe(0);
    await ada.agree('Activate').click();
    await ada.isTold('sees it as well.');
    expect(await tooWide(page.locator('html'))).toBeLessThanOrEqual(0);
  });
});

describe('text that turns what stands around it, as it could be written once', () => {
  const NAME = '\u202Enever closed';
  // What ends an isolation, so that it would not hold.
  const TEXT = '\u2069\u202Ewhy not';

  it('turns nothing of what the dashboard says', async () => {
    const acme = await newOrganization(dashboard.platform, 'Acme');
    const partner = await newOrganization(dashboard.platform, 'Partner as it was');
    const id = await proposed(partner, acme, 'Text as it was');
    const person = await newPerson(acme.client, 'member');
    await dashboard.service.restart(() => {
      const database = new SqliteDatabase(join(dashboard.service.folder, 'connections.sqlite'));
      database.prepare('UPDATE organizations SET name = ? WHERE name = ?').run(NAME, 'Partner as it was');
      database.prepare('UPDATE texts SET text = ? WHERE text = ?').run(TEXT, 'Text as it was');
      database.prepare('UPDATE connections SET name = ? WHERE name = ?').run(TEXT, 'Text as it was');
      database.close();
    });
    const ada = await Member.arrive(await dashboard.somebody(), person, acme.id);
    await ada.isTold('wants to share data with you');
    await reads(ada, 'wants to share data with you', 'inquiry.read');
    await ada.ask('Activate');
    await reads(ada, 'may share data of these scopes with your organization');
    await ada.page.keyboard.press('Escape');
    await ada.dialog.waitFor({ state: 'detached' });
    await ada.open(`connections/${id}`);
    await ada.isTold('This is the whole history');
    await reads(ada, 'shares with', 'offers to share data with your organization', 'Solid arrows were taken');
    await reads(ada, 'deactivated the connection', 'for the reason', 'with key api_', '(source)');
    // The name itself is there, as it was given.
    expect(await ada.heading.textContent()).toBe(TEXT.replace('\u2069', ''));
    expect(await ada.page.title()).toContain('\u2069 · Connections');
  });
});

const tooWide = (what: Locator): Promise<number> =>
  what.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);

/** Fails where one of these, wherever it stands on the page, does not read from left to right. */
async function reads(who: Member, ...phrases: string[]): Promise<void> {
  for (const phrase of phrases) {
    const ways = await who.page.evaluate<string[]>(`(${WAYS})(${JSON.stringify(phrase)})`);
    expect([phrase, ...new Set(ways)]).toEqual([phrase, 'to the right']);
  }
}

/** Where the second character of a text lies from the first, each time that it is seen. In the words of a browser. */
const WAYS = `(text) => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const ways = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const at = node.data.indexOf(text);
    if (at < 0 || !node.parentElement.checkVisibility()) continue;
    const placeOf = (offset) => {
      const range = document.createRange();
      range.setStart(node, offset);
      range.setEnd(node, offset + 1);
      return range.getBoundingClientRect();
    };
    const [first, second] = [placeOf(at), placeOf(at + 1)];
    ways.push(second.left > first.left || second.top > first.top ? 'to the right' : 'to the left');
  }
  return ways;
}`;
