import { setImmediate as nextTurn } from 'node:timers/promises';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type SelectQueryBuilder, sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import { Database } from '@connections/database/database';
import type { Position } from '@connections/event-store/event-store';
import { type ConnectionAt, ConnectionLog } from '../connection-log';
import type { PartyRole, Status } from '../domain/lifecycle';
import { type NamedRow, namedRows, type NamingTables, toNamedConnection } from '../read-model/named-rows';
import type { Viewer } from './get-connection';

export interface ConnectionFilter {
  readonly statuses?: readonly Status[] | undefined;
  /** The part of the viewer. */
  readonly role?: PartyRole | undefined;
  readonly sourceOrganizationId?: string | undefined;
  readonly destinationOrganizationId?: string | undefined;
  /** Text that the name contains, whatever the case. */
  readonly name?: string | undefined;
  /** ISO-8601 UTC, inclusive. */
  readonly createdFrom?: string | undefined;
  readonly createdTo?: string | undefined;
}

/** Where a page starts: after (older than) or before (newer than) the connection created at a position. */
export interface Cursor {
  readonly direction: 'after' | 'before';
  readonly position: Position;
}

export interface ConnectionPage {
  /** Newest first. Of a past moment there may be fewer than asked for, or none, and more on either side all the same. */
  readonly connections: readonly ConnectionAt[];
  /** The position to continue from; null at the end. */
  readonly next: Position | null;
  readonly previous: Position | null;
}

/** The viewer's connections, newest first, by keyset: rows that are written meanwhile shift nothing. */
export class ListConnections extends Query<ConnectionPage> {
  constructor(
    readonly viewer: Viewer,
    readonly filter: ConnectionFilter,
    readonly size: number,
    readonly cursor: Cursor | null = null,
    /** A past moment (ISO-8601 UTC) to go by: those that were there, as they were then. Null for now. */
    readonly asOf: string | null = null,
  ) {
    super();
  }
}

type Rows = SelectQueryBuilder<NamingTables, 'connections', NamedRow>;
type Run = (parameters: readonly unknown[]) => Promise<NamedRow[]>;

/** One condition of a list: its name, how it is written, and what it is given. */
interface Condition {
  readonly shape: string;
  readonly apply: (rows: Rows) => Rows;
  readonly values: readonly unknown[];
}

/** The name of a row, wherever its text is. */
const NAME = sql`coalesce(name, (select text from texts where commitment = name_commitment))`;

/** A page of a past moment folds so many histories at most, however few of them have the status that is asked for. */
const FOLDED = 500;
/** So many of them at once. */
const AT_ONCE = 25;

/** Lists differ in which conditions they have; so many different ones are kept ready. */
const KEPT_SHAPES = 500;

@QueryHandler(ListConnections)
export class ListConnectionsHandler implements IQueryHandler<ListConnections> {
  readonly #prepared = new LRUCache<string, Run>({ max: KEPT_SHAPES });

  constructor(
    private readonly database: Database<NamingTables>,
    private readonly connections: ConnectionLog,
  ) {}

  async execute({ viewer, filter, size, cursor, asOf }: ListConnections): Promise<ConnectionPage> {
    const { statuses } = filter;
    const conditions = asOf === null ? filter : conditionsAt(asOf, filter);
    const most = asOf !== null && statuses ? Math.max(size, FOLDED) : size;
    const backwards = cursor?.direction === 'before';
    const rows = await this.#page(viewer, conditions, most + 1, cursor);
    const found =
      asOf === null
        ? rows.slice(0, size).map(asItIs)
        : await this.#asTheyWere(rows.slice(0, most), asOf, { statuses, size });
    const page = rows.slice(0, found.length);
    const more = rows.length > page.length;
    if (backwards) [page, found].forEach((list) => list.reverse());
    const [first, last] = [page[0], page.at(-1)];
    const turned =
      first && last && cursor ? await this.#hasMore(viewer, conditions, backwards ? last : first, backwards) : false;
    const [hasNext, hasPrevious] = backwards ? [turned, more] : [more, turned];
    return {
      connections: found.filter((at) => at !== null),
      next: hasNext && last ? last.created_position : null,
      previous: hasPrevious && first ? first.created_position : null,
    };
  }

  /**
   * The state that each row had at a past moment, null where that is not meant; no more rows than fill a page. It is
   * folded from the log, so that the answer does not depend on how far the rows are.
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

  /** Whether there is anything on the side that the page was not read towards. */
  async #hasMore(viewer: Viewer, filter: ConnectionFilter, edge: NamedRow, older: boolean): Promise<boolean> {
    const cursor = { direction: older ? 'after' : 'before', position: edge.created_position } as const;
    return (await this.#page(viewer, filter, 1, cursor)).length > 0;
  }

  /** Each part that the viewer has is a walk along an index of its own: an "or" would sort everything it has. */
  async #page(viewer: Viewer, filter: ConnectionFilter, limit: number, cursor: Cursor | null): Promise<NamedRow[]> {
    const conditions = conditionsOf(filter, cursor);
    const backwards = cursor?.direction === 'before';
    const walk = (...own: Condition[]): Promise<NamedRow[]> => this.#walk([...own, ...conditions], backwards, limit);
    if (viewer === null) return walk();
    if (filter.role === 'source') return walk(equal('source_organization_id', viewer));
    if (filter.role === 'destination') return walk(equal('destination_organization_id', viewer));
    const [asSource, asDestination] = await Promise.all([
      walk(equal('source_organization_id', viewer)),
      walk(equal('destination_organization_id', viewer), notItself),
    ]);
    return merged(asSource, asDestination, backwards).slice(0, limit);
  }

  #walk(conditions: readonly Condition[], backwards: boolean, limit: number): Promise<NamedRow[]> {
    const shape = [backwards, ...conditions.map((condition) => condition.shape)].join(' ');
    let run = this.#prepared.get(shape);
    if (!run) {
      const query = conditions
        .reduce((rows, condition) => condition.apply(rows), namedRows(this.database))
        .orderBy('created_position', backwards ? 'asc' : 'desc')
        .limit(limit);
      run = this.database.prepare(query.compile());
      this.#prepared.set(shape, run);
    }
    return run([...conditions.flatMap((condition) => condition.values), limit]);
  }
}

const asItIs = (row: NamedRow): ConnectionAt => ({ connection: toNamedConnection(row), revision: row.revision });

/** What tells which connections there were: their parties, names and creation never change, but their status does. */
const conditionsAt = (
  asOf: string,
  { statuses: _, createdTo = asOf, ...others }: ConnectionFilter,
): ConnectionFilter => ({
  ...others,
  createdTo: createdTo < asOf ? createdTo : asOf,
});

/** Two lists in the same order as one. */
function merged(one: readonly NamedRow[], other: readonly NamedRow[], backwards: boolean): NamedRow[] {
  if (other.length === 0) return [...one];
  if (one.length === 0) return [...other];
  const sign = backwards ? 1 : -1;
  return [...one, ...other].sort((a, b) => (a.created_position < b.created_position ? -sign : sign));
}

const equal = (column: 'source_organization_id' | 'destination_organization_id', value: string): Condition => ({
  shape: column,
  apply: (rows) => rows.where(column, '=', value),
  values: [value],
});

/** A connection of an organization to itself is in its list once, as source. */
const notItself: Condition = {
  shape: 'not-itself',
  apply: (rows) => rows.whereRef('source_organization_id', '<>', 'destination_organization_id'),
  values: [],
};

function conditionsOf(filter: ConnectionFilter, cursor: Cursor | null): Condition[] {
  const conditions: Condition[] = [];
  const add = (shape: string, values: readonly unknown[], apply: Condition['apply']): void => {
    conditions.push({ shape, values, apply });
  };
  const { statuses, sourceOrganizationId, destinationOrganizationId, name, createdFrom, createdTo } = filter;
  if (cursor) {
    const { direction, position } = cursor;
    add(direction, [position], (rows) => rows.where('created_position', direction === 'before' ? '>' : '<', position));
  }
  if (statuses) add(`status-${statuses.length}`, statuses, (rows) => rows.where('status', 'in', [...statuses]));
  if (sourceOrganizationId !== undefined) conditions.push(equal('source_organization_id', sourceOrganizationId));
  if (destinationOrganizationId !== undefined)
    conditions.push(equal('destination_organization_id', destinationOrganizationId));
  if (name !== undefined) {
    const lower = name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
    const pattern = `%${lower.replace(/[\\%_]/g, '\\$&')}%`;
    // The letters of ASCII alone have a case here, as they have for every engine with any setting.
    add('name', [pattern], (rows) => rows.where(sql<boolean>`lower(${NAME}) like ${pattern} escape '\\'`));
  }
  if (createdFrom !== undefined) add('from', [createdFrom], (rows) => rows.where('created_at', '>=', createdFrom));
  if (createdTo !== undefined) add('to', [createdTo], (rows) => rows.where('created_at', '<=', createdTo));
  return conditions;
}
