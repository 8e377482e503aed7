import { setImmediate as nextTurn } from 'node:timers/promises';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import { Database } from '@connections/database/database';
import { type ConnectionAt, ConnectionLog } from '../connection-log';
import type { Status } from '../domain/lifecycle';
import { type NamedRow, namedRows, type NamingTables, toNamedConnection } from '../read-model/named-rows';
import type { Viewer } from './get-connection';
import {
  beyond,
  type Condition,
  conditionsOf,
  type ConnectionFilter,
  equal,
  notItself,
  OrganizationNames,
  type Party,
  type Rows,
} from './list-conditions';
import {
  compared,
  type Cursor,
  isDescending,
  isIndexed,
  orderOf,
  type Place,
  placeIn,
  placeOf,
  type Sort,
} from './list-order';

export interface ConnectionPage {
  /**
   * In the requested order. For a past moment there may be fewer than requested, or none, even though there are more on
   * either side.
   */
  readonly connections: readonly ConnectionAt[];
  /** The place to continue from; null at the end. */
  readonly next: Place | null;
  readonly previous: Place | null;
}

/**
 * The viewer's connections, by keyset: rows written meanwhile shift nothing. In the order of change, connections that
 * change meanwhile move to the newest end.
 */
export class ListConnections extends Query<ConnectionPage> {
  constructor(
    readonly viewer: Viewer,
    readonly filter: ConnectionFilter,
    readonly size: number,
    readonly cursor: Cursor | null = null,
    /** A past moment (ISO-8601 UTC): the connections that existed then, as they were. Null for now. */
    readonly asOf: string | null = null,
    /** For a past moment, not by the time of change: rows know only the latest one. */
    readonly sort: Sort = '-created-at',
  ) {
    super();
  }
}

/** The most connections that are sorted in an order without an index. */
export const SORTED = 20_000;

/** There are too many connections to be sorted in an order without an index. */
export class TooManyToSort extends Error {
  constructor(readonly sort: Sort) {
    super(
      `More than ${SORTED} connections are not sorted by ${sort.replace(/^-/, '')}: narrow them by filters, or sort by created-at.`,
    );
  }
}

type Run<Row> = (parameters: readonly unknown[]) => Promise<Row[]>;

/** The most histories that are folded for a page of a past moment, however few of them have the requested status. */
const FOLDED = 500;
/** How many of those are folded at once. */
const AT_ONCE = 25;

/** The number of prepared statements that are kept: one for each combination of conditions. */
const KEPT_SHAPES = 500;

/** What a page is read from. */
interface Listing {
  readonly viewer: Viewer;
  readonly filter: ConnectionFilter;
  readonly sort: Sort;
}

@QueryHandler(ListConnections)
export class ListConnectionsHandler implements IQueryHandler<ListConnections> {
  readonly #prepared = new LRUCache<string, Run<NamedRow>>({ max: KEPT_SHAPES });
  readonly #counting = new LRUCache<string, Run<{ rows: number }>>({ max: KEPT_SHAPES });

  constructor(
    private readonly database: Database<NamingTables>,
    private readonly connections: ConnectionLog,
    private readonly names: OrganizationNames,
  ) {}

  async execute({ viewer, filter, size, cursor, asOf, sort }: ListConnections): Promise<ConnectionPage> {
    const { statuses } = filter;
    const listing = { viewer, sort, filter: asOf === null ? filter : conditionsAt(asOf, filter) };
    if (!isIndexed(sort)) await this.#refuseTooMany(listing);
    const most = asOf !== null && statuses ? Math.max(size, FOLDED) : size;
    const backwards = cursor?.direction === 'before';
    const rows = await this.#page(listing, most + 1, cursor);
    const found =
      asOf === null
        ? rows.slice(0, size).map(asItIs)
        : await this.#asTheyWere(rows.slice(0, most), asOf, { statuses, size });
    const page = rows.slice(0, found.length);
    const more = rows.length > page.length;
    if (backwards) [page, found].forEach((list) => list.reverse());
    // An empty page still has the place of its cursor.
    const here = cursor && placeIn(cursor);
    const [first = here, last = here] = [page[0], page.at(-1)].map((row) => row && placeOf(row, sort));
    const turned = first && last && cursor ? await this.#hasMore(listing, backwards ? last : first, backwards) : false;
    const [hasNext, hasPrevious] = backwards ? [turned, more] : [more, turned];
    return {
      connections: found.filter((at) => at !== null),
      next: hasNext ? last : null,
      previous: hasPrevious ? first : null,
    };
  }

  /**
   * The state of each row at a past moment, null if it does not match; stops once the page is full. Folded from the
   * log, so that the answer does not depend on how far the projection is.
   */
  async #asTheyWere(
    rows: readonly NamedRow[],
    asOf: string,
    { statuses, size }: { readonly statuses: readonly Status[] | undefined; readonly size: number },
  ): Promise<(ConnectionAt | null)[]> {
    const states: (ConnectionAt | null)[] = [];
    let missing = size;
    for (let next = 0; next < rows.length && missing > 0; next += AT_ONCE) {
      const folded = await Promise.all(rows.slice(next, next + AT_ONCE).map((row) => this.#asItWas(row, asOf)));
      for (const state of folded) {
        if (missing === 0) break;
        const isMeant = state !== null && (statuses?.includes(state.connection.status) ?? true);
        states.push(isMeant ? state : null);
        if (isMeant) missing -= 1;
      }
      await nextTurn();
    }
    return states;
  }

  async #asItWas(row: NamedRow, asOf: string): Promise<ConnectionAt | null> {
    const [then = null] = await this.connections.at(row.id, [{ asOf }]);
    return then && { connection: { ...then.connection, name: toNamedConnection(row).name }, revision: then.revision };
  }

  /** Whether there is anything on the side opposite to the one that was read. */
  async #hasMore(listing: Listing, edge: Place, further: boolean): Promise<boolean> {
    const cursor = { ...edge, direction: further ? 'after' : 'before' } as const;
    return (await this.#count(listing, 1, cursor)) > 0;
  }

  async #page(listing: Listing, limit: number, cursor: Cursor | null): Promise<NamedRow[]> {
    const { sort } = listing;
    const backwards = cursor?.direction === 'before';
    const walks = this.#walksOf(listing, cursor).map((walk) => this.#walk(walk, sort, backwards, limit));
    const [rows = [], others = []] = await Promise.all(walks);
    return merged(rows, others, sort, backwards).slice(0, limit);
  }

  /** One query for each role of the viewer, each along its own index: an "or" would sort all the viewer's rows. */
  #walksOf({ viewer, filter, sort }: Listing, cursor: Cursor | null): Condition[][] {
    const walk = (own: readonly Condition[], counterparties: readonly Party[]): Condition[] => [
      ...own,
      ...(cursor ? [beyond(cursor, sort)] : []),
      ...conditionsOf(filter, counterparties, this.names),
    ];
    if (viewer === null) return [walk([], ['source_organization_id', 'destination_organization_id'])];
    const asSource = walk([equal('source_organization_id', viewer)], ['destination_organization_id']);
    if (filter.role === 'source') return [asSource];
    const own = equal('destination_organization_id', viewer);
    const asDestination = walk(filter.role === 'destination' ? [own] : [own, notItself], ['source_organization_id']);
    return filter.role === 'destination' ? [asDestination] : [asSource, asDestination];
  }

  #walk(conditions: readonly Condition[], sort: Sort, backwards: boolean, limit: number): Promise<NamedRow[]> {
    const shape = [sort, backwards, ...conditions.map((condition) => condition.shape)].join(' ');
    let run = this.#prepared.get(shape);
    if (!run) {
      run = this.database.prepare(this.#rowsOf(conditions, sort, backwards, limit).compile());
      this.#prepared.set(shape, run);
    }
    return run([...conditions.flatMap((condition) => condition.values), limit]);
  }

  #rowsOf(conditions: readonly Condition[], sort: Sort, backwards: boolean, limit: number) {
    const direction = isDescending(sort) === backwards ? 'asc' : 'desc';
    const { key } = orderOf(sort);
    const indexed = namedRows(this.database);
    if (key === null) return applied(conditions, indexed).orderBy('created_position', direction).limit(limit);
    // Sorts only ids, and reads whole rows only for the page.
    const ids = applied(conditions, this.database.reader.selectFrom('connections').select('id'))
      .orderBy(key, direction)
      .orderBy('created_position', direction)
      .limit(limit);
    return indexed.where('id', 'in', ids).orderBy(key, direction).orderBy('created_position', direction);
  }

  /** @throws TooManyToSort */
  async #refuseTooMany(listing: Listing): Promise<void> {
    if ((await this.#count(listing, SORTED + 1, null)) > SORTED) throw new TooManyToSort(listing.sort);
  }

  /** How many rows there are; for each role of the viewer, counting stops at the limit. */
  async #count(listing: Listing, limit: number, cursor: Cursor | null): Promise<number> {
    const counts = this.#walksOf(listing, cursor).map(async (conditions) => {
      const shape = [listing.sort, ...conditions.map((condition) => condition.shape)].join(' ');
      let run = this.#counting.get(shape);
      if (!run) {
        const some = applied(conditions, this.database.reader.selectFrom('connections').select('id')).limit(limit);
        const count = this.database.reader.selectFrom(some.as('some')).select(sql<number>`count(*)`.as('rows'));
        run = this.database.prepare(count.compile());
        this.#counting.set(shape, run);
      }
      const [counted] = await run([...conditions.flatMap((condition) => condition.values), limit]);
      return counted?.rows ?? 0;
    });
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  }
}

const applied = <Row>(conditions: readonly Condition[], rows: Rows<Row>): Rows<Row> =>
  conditions.reduce((some, condition) => condition.apply(some), rows);

const asItIs = (row: NamedRow): ConnectionAt => ({ connection: toNamedConnection(row), revision: row.revision });

/** Selects the connections that existed then: their parties, names and creation never change, but their status does. */
const conditionsAt = (
  asOf: string,
  { statuses: _, createdTo = asOf, ...others }: ConnectionFilter,
): ConnectionFilter => ({
  ...others,
  createdTo: createdTo < asOf ? createdTo : asOf,
});

/** Merges two sorted lists. */
function merged(one: NamedRow[], other: NamedRow[], sort: Sort, backwards: boolean): NamedRow[] {
  if (other.length === 0) return one;
  if (one.length === 0) return other;
  const sign = isDescending(sort) === backwards ? 1 : -1;
  const placed = [...one, ...other].map((row) => ({ row, place: placeOf(row, sort) }));
  return placed.sort((a, b) => sign * compared(a.place, b.place)).map(({ row }) => row);
}
