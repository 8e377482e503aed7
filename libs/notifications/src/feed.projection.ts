import { type Kysely, sql } from 'kysely';
import { connectionIdOfStream, isConnectionStream } from '@connections/connection/connection-id';
import { decode } from '@connections/connection/stored-events';
import { isPostgres, textOf } from '@connections/database/dialect';
import type { LoggedEvent } from '@connections/event-store/event-store';
import { type Changes, type EventPlace, type Projection, Unprojectable } from '@connections/event-store/projection';
import type { FeedRow, FeedTables } from './feed.table';

type Parties = Pick<FeedRow, 'source_organization_id' | 'destination_organization_id'>;

/** Whose feed each event is in. The content of events is read from the log, so that redactions apply here as well. */
export const feedProjection: Projection = {
  name: 'feed',
  version: 2,

  // A feed reads along one of these, oldest first, so that a page costs the same however many rows there are.
  indexes: {
    source: ['source_organization_id', 'position'],
    destination: ['destination_organization_id', 'position'],
  },

  async create(database, table, generation) {
    const text = textOf(database);
    const empty = database.schema
      .createTable(table)
      .addColumn('position', text, (column) => column.notNull())
      .addColumn('connection_id', text, (column) => column.notNull())
      .addColumn('revision', 'integer', (column) => column.notNull())
      .addColumn('source_organization_id', text, (column) => column.notNull())
      .addColumn('destination_organization_id', text, (column) => column.notNull())
      .addPrimaryKeyConstraint(`feed_${generation}_positions`, ['position']);
    // In SQLite rows are stored in log order, that of the feed of all events: each is appended after the last.
    await (isPostgres(database) ? empty : empty.modifyEnd(sql`without rowid`)).execute();
    // Covers only the first event of each connection, which tells its parties.
    await database.schema
      .createIndex(`feed_${generation}_begun`)
      .on(table)
      .columns(['connection_id'])
      .where(BEGINS)
      .execute();
  },

  changes: () => new FeedChanges(),
};

class FeedChanges implements Changes {
  readonly #events: EventPlace[] = [];
  /** The parties of the connections whose first events were added. */
  readonly #begun = new Map<string, Parties>();

  add(events: readonly LoggedEvent[]): void {
    for (const event of events) {
      const { stream, revision, type, position } = event;
      if (!isConnectionStream(stream)) continue;
      if (revision === 0) this.#begun.set(connectionIdOfStream(stream), partiesIn(event));
      this.#events.push({ stream, revision, type, position });
    }
  }

  async writeTo(untyped: Kysely<unknown>, table: string): Promise<void> {
    if (this.#events.length === 0) return;
    const tx = untyped as Kysely<FeedTables>;
    const ids = new Set(this.#events.map(({ stream }) => connectionIdOfStream(stream)));
    const continued = await partiesOf(
      tx,
      table,
      [...ids].filter((id) => !this.#begun.has(id)),
    );
    const rows = this.#events.map((event): FeedRow => {
      const { revision, position } = event;
      const connection = connectionIdOfStream(event.stream);
      const parties = this.#begun.get(connection) ?? continued.get(connection);
      if (parties === undefined) throw new Unprojectable(event, 'nothing tells whose connection it is');
      return { connection_id: connection, revision, position, ...parties };
    });
    await insertRows(tx, table, rows);
  }
}

/** Spelled out, since with a parameter the index of first events would not be used. */
const BEGINS = sql<boolean>`revision = 0`;

/** The parties of some connections, from the rows of their first events. */
async function partiesOf(
  tx: Kysely<FeedTables>,
  table: string,
  connections: readonly string[],
): Promise<Map<string, Parties>> {
  if (connections.length === 0) return new Map();
  const rows = await tx
    .selectFrom(table as 'feed')
    .select(['connection_id', 'source_organization_id', 'destination_organization_id'])
    .where(BEGINS)
    .where(
      // One statement for any number of connections.
      isPostgres(tx)
        ? sql<boolean>`connection_id = any(${connections}::text[])`
        : sql<boolean>`connection_id in (select value from json_each(${JSON.stringify(connections)}))`,
    )
    .execute();
  return new Map(rows.map(({ connection_id, ...parties }) => [connection_id, parties]));
}

function partiesIn(event: LoggedEvent): Parties {
  try {
    const created = decode(event);
    if (created.type === 'ConnectionCreated') {
      return {
        source_organization_id: created.sourceOrganizationId,
        destination_organization_id: created.destinationOrganizationId,
      };
    }
  } catch (error) {
    throw new Unprojectable(event, error);
  }
  throw new Unprojectable(event, 'the first event of a connection is not its creation');
}

/** One statement for any number of rows, so that it can stay prepared. Existing rows are left alone. */
async function insertRows(tx: Kysely<FeedTables>, table: string, rows: readonly FeedRow[]): Promise<void> {
  const columns = sql.raw('connection_id, revision, position, source_organization_id, destination_organization_id');
  const textsOf = (name: Exclude<keyof FeedRow, 'revision'>): string[] => rows.map((row) => row[name]);
  const values = isPostgres(tx)
    ? sql`select * from unnest(
        ${textsOf('connection_id')}::text[], ${rows.map(({ revision }) => revision)}::integer[],
        ${textsOf('position')}::text[], ${textsOf('source_organization_id')}::text[],
        ${textsOf('destination_organization_id')}::text[])`
    : sql`select value->>0, value->>1, value->>2, value->>3, value->>4 from json_each(${JSON.stringify(
        rows.map((row) => [
          row.connection_id,
          row.revision,
          row.position,
          row.source_organization_id,
          row.destination_organization_id,
        ]),
      )}) where true`;
  await sql`insert into ${sql.table(table)} (${columns}) ${values} on conflict do nothing`.execute(tx);
}
