import { type Kysely, sql } from 'kysely';
import { isPostgres, textOf } from '@connections/database/dialect';
import type { LoggedEvent } from '@connections/event-store/event-store';
import { type Projection, Unprojectable } from '@connections/event-store/projection';
import { connectionIdIn, isConnectionStream } from '../connection-id';
import { evolve, initial, type State } from '../domain/connection';
import { decode } from '../stored-events';
import { removeTexts } from '../texts';
import { type ConnectionRow, toConnection, toRow } from './connections.table';
import type { NamingTables } from './named-rows';
import { loadRows, upsertRows } from './row-statements';

interface Entry {
  state: State;
  revision: number;
  createdPosition: string;
}

/**
 * The read model is the aggregate's own fold, one row a connection: what `evolve` says is what readers see. It removes
 * redacted texts as well, so that none outlives a process that died before it could, or comes back from a back-up.
 */
export const connectionsProjection: Projection = {
  name: 'connections',
  version: 2,

  async create(database, table, generation) {
    const text = textOf(database);
    const empty = database.schema
      .createTable(table)
      .addColumn('id', text, (column) => column.primaryKey())
      .addColumn('revision', 'integer', (column) => column.notNull())
      .addColumn('created_position', text, (column) => column.notNull())
      .addColumn('source_organization_id', text, (column) => column.notNull())
      .addColumn('destination_organization_id', text, (column) => column.notNull())
      .addColumn('name', text)
      .addColumn('name_commitment', text)
      .addColumn('scopes', text, (column) => column.notNull())
      .addColumn('status', text, (column) => column.notNull())
      .addColumn('creator_id', text, (column) => column.notNull())
      .addColumn('creator_type', text, (column) => column.notNull())
      .addColumn('deactivated_by', text)
      .addColumn('created_at', text, (column) => column.notNull())
      .addColumn('updated_at', text, (column) => column.notNull());
    // A row changes two or three times. Room for that on its page saves PostgreSQL from writing to every index again.
    await (isPostgres(database) ? empty.modifyEnd(sql`with (fillfactor = 60)`) : empty).execute();
    const index = (name: string, columns: string[]): Promise<void> =>
      database.schema.createIndex(`connections_${generation}_${name}`).on(table).columns(columns).execute();
    // Each list is a walk along one of these, newest first, so that a page costs the same however much is stored.
    await index('created', ['created_position']);
    await index('source', ['source_organization_id', 'created_position']);
    await index('destination', ['destination_organization_id', 'created_position']);
  },

  async apply(untyped, table, events) {
    const tx = untyped as Kysely<NamingTables>;
    const ours = events.filter((event) => isConnectionStream(event.stream));
    const decoded = ours.map((recorded) => ({ recorded, event: decodeOrStop(recorded) }));
    const continued = new Set(ours.filter((event) => event.revision > 0).map((event) => connectionIdIn(event.stream)));
    const entries = new Map<string, Entry>();
    for (const row of await loadRows(tx, table, [...continued])) {
      entries.set(row.id, { state: toConnection(row), revision: row.revision, createdPosition: row.created_position });
    }
    const changed = new Set<string>();
    for (const { recorded, event } of decoded) {
      const id = connectionIdIn(recorded.stream);
      const entry = entries.get(id) ?? { state: initial, revision: -1, createdPosition: recorded.position };
      if (recorded.revision <= entry.revision) continue;
      if (recorded.revision !== entry.revision + 1) {
        throw new Unprojectable(recorded, `the row is at revision ${entry.revision}, so events are missing in between`);
      }
      entries.set(id, { ...entry, state: evolve(entry.state, event), revision: recorded.revision });
      changed.add(id);
    }
    const rows: ConnectionRow[] = [];
    for (const id of changed) {
      const entry = entries.get(id);
      if (entry?.state) rows.push(toRow(entry.state, entry.revision, entry.createdPosition));
    }
    await upsertRows(tx, table, rows);
    await removeTexts(
      tx,
      decoded.flatMap(({ event }) => (event.type === 'ConnectionTextRedacted' ? event.commitment : [])),
    );
  },
};

function decodeOrStop(recorded: LoggedEvent): ReturnType<typeof decode> {
  try {
    return decode(recorded);
  } catch (error) {
    throw new Unprojectable(recorded, error);
  }
}
