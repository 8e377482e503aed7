import type { operations } from '@connections/client/generated';
import type { PartyRole, Status } from '@connections/connection/domain/lifecycle';
import { cursorIn } from '../api/link';

/** The API's parameters for a page of connections. */
export type ListQuery = NonNullable<operations['listConnections']['parameters']['query']>;
export type Sort = NonNullable<ListQuery['sort']>;

/** Where a page begins: after or before a connection, given by the API's cursor. */
export type Cursor = { readonly after: string } | { readonly before: string };

/** The view of the list of connections: all of it is in the address of the page. */
export interface ListView {
  /** Only connections in these statuses; empty for all. */
  readonly statuses: readonly Status[];
  /** Only connections in which the organization has this role; null for both. */
  readonly role: PartyRole | null;
  /** The text to search for; empty for none. */
  readonly search: string;
  readonly sort: Sort;
  /** The size of a page. */
  readonly size: number;
  /** Null for the first page. */
  readonly cursor: Cursor | null;
}

export const statuses: readonly Status[] = ['pending', 'active', 'inactive'];
export const sorts: readonly Sort[] = ['-created-at', 'created-at', '-updated-at', 'updated-at', 'name', '-name'];
export const sizes: readonly number[] = [10, 25, 50, 100];

/** The longest text that the API searches for. */
export const longestSearch = 200;

export const wholeView: ListView = {
  statuses: [],
  role: null,
  search: '',
  sort: '-created-at',
  size: 25,
  cursor: null,
};

/** Parses an address; invalid parameters are ignored. */
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
    cursor: cursorOfAddress(parameters),
  };
}

const oneOf = <T extends string>(known: readonly T[], text: string): T | undefined =>
  known.find((candidate) => candidate === text);

function cursorOfAddress(parameters: URLSearchParams): Cursor | null {
  const [after, before] = [parameters.get('after'), parameters.get('before')];
  if (after) return { after };
  return before ? { before } : null;
}

/** The address of a view; defaults are left out. */
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

/** A changed view, at its first page: a cursor belongs to the view that it was made for. */
export const changed = (view: ListView, change: Partial<ListView>): ListView => ({ ...view, cursor: null, ...change });

/** Whether the filters may hide any connections. */
export const isFiltered = ({ statuses: wanted, role, search }: ListView): boolean =>
  wanted.length > 0 || role !== null || search.trim() !== '';

/** The view as parameters of the API. */
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

/** The page of a link from the API; null if there is none. */
export function cursorOfLink(link: string | null): Cursor | null {
  const [after, before] = [cursorIn(link, 'after'), cursorIn(link, 'before')];
  if (after !== null) return { after };
  return before === null ? null : { before };
}
