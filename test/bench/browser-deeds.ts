import type { Page } from 'playwright-core';

/** What is done with a page, each deed with one input whose effect is to be seen soon. */
export interface Deeds {
  /** Returns once the page shows what it is for. */
  readonly isShown: (page: Page) => Promise<void>;
  readonly deeds: Readonly<Record<string, (page: Page) => Promise<void>>>;
}

export const emptyPageDeeds: Deeds = {
  isShown: (page) => page.getByRole('heading', { name: 'Nothing' }).waitFor(),
  deeds: {
    press: async (page) => {
      await page.getByRole('button').click();
      await page.getByRole('button', { name: 'Pressed 1 times' }).waitFor();
    },
  },
};

export const dashboardDeeds: Deeds = {
  isShown: (page) => page.getByRole('heading', { level: 1 }).waitFor(),
  deeds: {},
};
