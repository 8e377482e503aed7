/** The cursor in a link of the API to another page of a list; null if it has none, or there is no such page. */
export const cursorIn = (link: string | null, side: 'after' | 'before'): string | null =>
  link === null ? null : new URL(link, 'http://localhost').searchParams.get(`page[${side}]`);
