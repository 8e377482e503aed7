import type { operations } from '@connections/client/generated';
import type { PartyRole, Status } from '@connections/connection/domain/lifecycle';

/** How the API is asked for a page of connections. */
export type ListQuery = NonNullable<operations['listConnections']['parameters']['query']>;
export type Sort = NonNullable<ListQuery['sort']>;

/** Where a page begins: behind or before a connection that the API names by a cursor. */
export type Cursor = { readonly after: string } | { readonly before: string };

/** What somebody wants to see of the connections. The address of the page holds all of it. */
export interface ListView {
  /** Only these; all, where there are none. */
  readonly statuses: readonly Status[];
  /** Only those in which the organization has this part; null for both. */
  readonly role: PartyRole | null;
  /** Only what contains this; empty for everything. */
  readonly search: string;
  readonly sort: Sort;
  /** How many on a page. */
  readonly size: number;
  /** Null for the first page. */
  readonly cursor: Cursor | null;
}

export const statuses: readonly Status[] = ['pending', 'active', 'inactive'];
export const sorts: readonly Sort[] = ['-created-at', 'created-at', '-updated-at', 'updated-at', 'name', '-name'];
export const sizes: readonly number[] = [10, 25, 50, 100];

/** No text is longer that the API looks for. */
export const longestSearch = 200;

export const wholeView: ListView = {
  statuses: [],
  role: null,
  search: '',
  sort: '-created-at',
  size: 25,
  cursor: null,
};

/** What an address asks for. What it says wrongly counts as not said. */
export function viewIn(parameters: URLSearchParams): ListView {
  const asked = (name: string): string => parameters.get(name) ?? '';
  const wanted = asked('status').split(',');
  const size = Number(asked('size'));
  return {
    statuses: statuses.filter((status) => wanted.includes(status)),
    role: oneOf(['source', 'destination'] as const, asked('direction')) ?? null,
    search: asked('search').slice(0, longestSearch),
    sort: oneOf(sorts, asked('sort')) ?? wholeView.sort,
    size: sizes.includes(size) ? size : wholeView.size,
    cursor: cursorIn(parameters),
  };
}

const oneOf = <T extends string>(known: readonly T[], text: string): T | undefined =>
  known.find((candidate) => candidate === text);

function cursorIn(parameters: URLSearchParams): Cursor | null {
  const [after, before] = [parameters.get('after'), parameters.get('before')];
  if (after) return { after };
  return before ? { before } : null;
}

/** The address that asks for a view. What is not asked for is not in it. */
export function parametersOf({ statuses: wanted, role, search, sort, size, cursor }: ListView): URLSearchParams {
  return new URLSearchParams({
    ...(wanted.length > 0 && { status: wanted.join(',') }),
    ...(role !== null && { direction: role }),
    ...(search !== '' && { search }),
    ...(sort !== wholeView.sort && { sort }),
    ...(size !== wholeView.size && { size: String(size) }),
    ...cursor,
  });
}

/** A view that was changed begins at its first page: a cursor belongs to what it was made for. */
export const changed = (view: ListView, change: Partial<ListView>): ListView => ({ ...view, cursor: null, ...change });

/** Whether anything is left out that is there. */
export const isFiltered = ({ statuses: wanted, role, search }: ListView): boolean =>
  wanted.length > 0 || role !== null || search.trim() !== '';

/** The same, as the API is asked for it. */
export function queryOf({ statuses: wanted, role, search, sort, size, cursor }: ListView): ListQuery {
  const text = search.trim();
  return {
    sort,
    'page[size]': size,
    ...(wanted.length > 0 && { 'filter[status]': wanted.join(',') }),
    ...(role !== null && { 'filter[role]': role }),
    ...(text !== '' && { 'filter[search]': text }),
    ...(cursor !== null && ('after' in cursor ? { 'page[after]': cursor.after } : { 'page[before]': cursor.before })),
  };
}

/** The page that a link of the API leads to; null where there is none. */
export function cursorOfLink(link: string | null): Cursor | null {
  if (link === null) return null;
  const { searchParams } = new URL(link, 'http://localhost');
  const [after, before] = [searchParams.get('page[after]'), searchParams.get('page[before]')];
  if (after !== null) return { after };
  return before === null ? null : { before };
}
