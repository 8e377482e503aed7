import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import { Database } from '@connections/database/database';
import type { Position } from '@connections/event-store/event-store';
import type { ConnectionAt } from '../connection-log';
import type { PartyRole, Status } from '../domain/lifecycle';
import { type ConnectionRow, type ReadModelTables, toConnection } from '../read-model/connections.table';
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
  /** Newest first. */
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
  ) {
    super();
  }
}

type Rows = SelectQueryBuilder<ReadModelTables, 'connections', ConnectionRow>;

@QueryHandler(ListConnections)
export class ListConnectionsHandler implements IQueryHandler<ListConnections> {
  constructor(private readonly database: Database<ReadModelTables>) {}

  async execute({ viewer, filter, size, cursor }: ListConnections): Promise<ConnectionPage> {
    const backwards = cursor?.direction === 'before';
    const rows = await this.#page(viewer, filter, size + 1, cursor);
    const page = rows.slice(0, size);
    if (backwards) page.reverse();
    const [first, last] = [page[0], page.at(-1)];
    const more = rows.length > size;
    const turned =
      first && last && cursor ? await this.#hasMore(viewer, filter, backwards ? last : first, backwards) : false;
    const [hasNext, hasPrevious] = backwards ? [turned, more] : [more, turned];
    return {
      connections: page.map((row) => ({ connection: toConnection(row), revision: row.revision })),
      next: hasNext && last ? last.created_position : null,
      previous: hasPrevious && first ? first.created_position : null,
    };
  }

  /** Whether there is anything on the side that the page was not read towards. */
  async #hasMore(viewer: Viewer, filter: ConnectionFilter, edge: ConnectionRow, older: boolean): Promise<boolean> {
    const cursor = { direction: older ? 'after' : 'before', position: edge.created_position } as const;
    return (await this.#page(viewer, filter, 1, cursor)).length > 0;
  }

  async #page(
    viewer: Viewer,
    filter: ConnectionFilter,
    limit: number,
    cursor: Cursor | null,
  ): Promise<ConnectionRow[]> {
    const { reader } = this.database;
    const direction = cursor?.direction === 'before' ? 'asc' : 'desc';
    const branch = (rows: Rows): Rows =>
      matching(rows, filter, cursor).orderBy('created_position', direction).limit(limit);
    const all = reader.selectFrom('connections').selectAll();
    if (viewer === null) return branch(all).execute();
    const asSource = branch(all.where('source_organization_id', '=', viewer));
    if (filter.role === 'source') return asSource.execute();
    const asDestination = branch(all.where('destination_organization_id', '=', viewer));
    if (filter.role === 'destination') return asDestination.execute();
    // Two walks along an index each, merged: an "or" would have to sort everything the viewer has.
    const merged = union(reader, asSource, asDestination.where('source_organization_id', '<>', viewer));
    return merged.orderBy('created_position', direction).limit(limit).execute();
  }
}

const union = (reader: Kysely<ReadModelTables>, one: Rows, other: Rows) =>
  reader
    .selectFrom(one.as('one'))
    .selectAll()
    .unionAll(reader.selectFrom(other.as('other')).selectAll());

function matching(rows: Rows, filter: ConnectionFilter, cursor: Cursor | null): Rows {
  let query = rows;
  if (cursor) query = query.where('created_position', cursor.direction === 'before' ? '>' : '<', cursor.position);
  if (filter.statuses) query = query.where('status', 'in', [...filter.statuses]);
  if (filter.sourceOrganizationId !== undefined)
    query = query.where('source_organization_id', '=', filter.sourceOrganizationId);
  if (filter.destinationOrganizationId !== undefined)
    query = query.where('destination_organization_id', '=', filter.destinationOrganizationId);
  if (filter.name !== undefined) {
    const pattern = `%${filter.name.replace(/[\\%_]/g, '\\$&')}%`;
    query = query.where(sql<boolean>`lower(name) like lower(${pattern}) escape '\\'`);
  }
  if (filter.createdFrom !== undefined) query = query.where('created_at', '>=', filter.createdFrom);
  if (filter.createdTo !== undefined) query = query.where('created_at', '<=', filter.createdTo);
  return query;
}
