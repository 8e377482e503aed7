import { ProblemError } from './problems';

/** An opaque cursor: a list and a place in it. It grants no rights, so forging one is harmless. */
export const toCursor = (list: string, place: string): string => Buffer.from(`${list}:${place}`).toString('base64url');

/** @throws ProblemError when the cursor does not belong to this list. */
export function fromCursor(list: string, parameter: string, cursor: string, form: RegExp): string {
  const text = Buffer.from(cursor, 'base64url').toString();
  const place = text.slice(list.length + 1);
  if (text.startsWith(`${list}:`) && form.test(place) && toCursor(list, place) === cursor) return place;
  throw new ProblemError({
    code: 'invalid-cursor',
    details: `${parameter} must be a cursor taken from links.next or links.prev of this list.`,
    source: { parameter },
  });
}

/** A relative link to another page of the same list: the same query with another cursor. */
export function pageLink(
  path: string,
  query: Readonly<Record<string, unknown>>,
  cursor: Record<string, string>,
): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (name !== 'page[after]' && name !== 'page[before]' && typeof value === 'string') parameters.set(name, value);
  }
  for (const [name, value] of Object.entries(cursor)) parameters.set(name, value);
  return `${path}?${parameters.toString()}`;
}
