import { type Kysely, sql } from 'kysely';
import { connectionIdIn, isConnectionStream } from '@connections/connection/connection-id';
import { decode } from '@connections/connection/stored-events';
import { isPostgres, textOf } from '@connections/database/dialect';
import type { LoggedEvent } from '@connections/event-store/event-store';
import { type Projection, Unprojectable } from '@connections/event-store/projection';
import type { FeedRow, FeedTables } from './feed.table';

type Parties = Pick<FeedRow, 'source_organization_id' | 'destination_organization_id'>;

/** Whose feed each event is in. What it says is read from the log, so that a redaction holds here as well. */
export const feedProjection: Projection = {
  name: 'feed',
  version: 2,

  // A feed is a walk along one of these, oldest first, so that a page costs the same however much is stored.
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
    // In SQLite rows lie in the order of the log, which is the feed of all: each is written behind the last one.
    await (isPostgres(database) ? empty : empty.modifyEnd(sql`without rowid`)).execute();
    // Of the first event of each connection only, which tells whose it is.
    await database.schema
      .createIndex(`feed_${generation}_begun`)
      .on(table)
      .columns(['connection_id'])
      .where(BEGINS)
      .execute();
  },

  async apply(untyped, table, events) {
    const tx = untyped as Kysely<FeedTables>;
    const ours = events.filter(({ stream }) => isConnectionStream(stream));
    if (ours.length === 0) return;
    const parties = await partiesOf(tx, table, ours);
    const rows = ours.map((event): FeedRow => {
      const connection = connectionIdIn(event.stream);
      const found = parties.get(connection);
      if (found === undefined) throw new Unprojectable(event, 'nothing tells whose connection it is');
      return { connection_id: connection, revision: event.revision, position: event.position, ...found };
    });
    await insertRows(tx, table, rows);
  },
};

/** As it stands, since a parameter would keep the index of first events from being used. */
const BEGINS = sql<boolean>`revision = 0`;

/** Who the connections of some events are between: their first event says it, which is among these or in the table. */
async function partiesOf(
  tx: Kysely<FeedTables>,
  table: string,
  events: readonly LoggedEvent[],
): Promise<Map<string, Parties>> {
  const parties = new Map<string, Parties>();
  for (const event of events) {
    if (event.revision === 0) parties.set(connectionIdIn(event.stream), partiesIn(event));
  }
  const missing = [...new Set(events.map(({ stream }) => connectionIdIn(stream)))].filter((id) => !parties.has(id));
  if (missing.length === 0) return parties;
  const rows = await tx
    .selectFrom(table as 'feed')
    .select(['connection_id', 'source_organization_id', 'destination_organization_id'])
    .where(BEGINS)
    .where(
      // One statement for any number of them.
      isPostgres(tx)
        ? sql<boolean>`connection_id = any(${missing}::text[])`
        : sql<boolean>`connection_id in (select value from json_each(${JSON.stringify(missing)}))`,
    )
    .execute();
  for (const { connection_id, ...found } of rows) parties.set(connection_id, found);
  return parties;
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

/** In one statement whatever their number, so that the statement can be kept prepared. Rows that are there stay. */
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
