import type { Page } from 'playwright-core';

/** A page that is visited, and what is done there: each deed is one input whose effect is to be seen soon. */
export interface VisitedPage {
  /** Returns once it shows what it is for. */
  readonly isShown: (page: Page) => Promise<void>;
  readonly deeds: Readonly<Record<string, (page: Page) => Promise<void>>>;
}

/** A page without anything, whose button counts: what no page of this browser can be quicker than. */
export const BARE_PAGE = `<!doctype html><html lang="en"><title>Bare</title><h1>Bare</h1>
<button onclick="this.textContent = 'Pressed'">Press</button></html>`;

const heading = (page: Page): Promise<void> => page.getByRole('heading', { level: 1 }).first().waitFor();

const closeDialog = async (page: Page): Promise<void> => {
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
};

export const visitedPages = {
  bare: {
    isShown: heading,
    deeds: {
      press: async (page) => {
        await page.getByRole('button', { name: 'Press' }).click();
        await page.getByRole('button', { name: 'Pressed' }).waitFor();
      },
    },
  },
  'sign-in': {
    isShown: (page) => page.getByLabel('E-mail').waitFor(),
    deeds: {
      'type an e-mail address': (page) => page.getByLabel('E-mail').press('a'),
    },
  },
  connections: {
    isShown: (page) => page.getByRole('region', { name: 'All connections' }).getByRole('link').first().waitFor(),
    deeds: {
      'open the dialog for a connection': async (page) => {
        await page.getByRole('button', { name: 'Create connection' }).first().click();
        await page.getByRole('dialog').getByLabel('Organization ID of your partner').waitFor();
      },
      'type in it': (page) => page.getByRole('dialog').getByLabel('Name (optional)').press('a'),
      'close it': closeDialog,
      'type a search': (page) => page.getByRole('search').getByLabel('Search').press('o'),
      'go to a connection': async (page) => {
        await page.getByRole('region', { name: 'All connections' }).getByRole('link').first().click();
        await page.getByRole('region', { name: 'History' }).getByRole('listitem').first().waitFor();
      },
    },
  },
  connection: {
    isShown: (page) => page.getByRole('region', { name: 'History' }).getByRole('listitem').first().waitFor(),
    deeds: {
      'open the details of an event': async (page) => {
        const details = page.getByRole('button', { name: /^Details of revision/ }).first();
        await details.click();
        await page.locator('[aria-expanded=true]').first().waitFor();
      },
      'open the dialog of a step': async (page) => {
        await page
          .getByRole('button', { name: /^Deactivate/ })
          .first()
          .click();
        await page.getByRole('dialog').getByLabel('Reason (optional)').waitFor();
      },
      'type a reason': (page) => page.getByRole('dialog').getByLabel('Reason (optional)').press('a'),
      'close the dialog': closeDialog,
      'go back by one event': (page) => page.getByLabel('Show the connection as of event').press('ArrowLeft'),
    },
  },
} as const satisfies Readonly<Record<string, VisitedPage>>;

export type PageName = keyof typeof visitedPages;
