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
import { loadRows, writeRows } from './row-statements';

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

  // Each list is a walk along one of these, newest first, so that a page costs the same however much is stored.
  indexes: {
    created: ['created_position'],
    source: ['source_organization_id', 'created_position'],
    destination: ['destination_organization_id', 'created_position'],
  },

  async create(database, table) {
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
  },

  async apply(untyped, table, events) {
    const tx = untyped as Kysely<NamingTables>;
    const steps = events
      .filter(({ stream }) => isConnectionStream(stream))
      .map((recorded) => ({ id: connectionIdIn(recorded.stream), recorded, event: decodeOrStop(recorded) }));
    const known = new Map<string, Entry>();
    for (const row of await loadRows(tx, table, [...begunBefore(steps)])) {
      known.set(row.id, { state: toConnection(row), revision: row.revision, createdPosition: row.created_position });
    }
    const changed = new Map<string, Entry>();
    for (const { id, recorded, event } of steps) {
      const entry = changed.get(id) ??
        known.get(id) ?? { state: initial, revision: -1, createdPosition: recorded.position };
      if (recorded.revision <= entry.revision) continue;
      if (recorded.revision !== entry.revision + 1) {
        throw new Unprojectable(recorded, `the row is at revision ${entry.revision}, so events are missing in between`);
      }
      const { createdPosition } = entry;
      changed.set(id, { state: evolve(entry.state, event), revision: recorded.revision, createdPosition });
    }
    const rows = { begun: [] as ConnectionRow[], continued: [] as ConnectionRow[] };
    for (const [id, { state, revision, createdPosition }] of changed) {
      if (state) rows[known.has(id) ? 'continued' : 'begun'].push(toRow(state, revision, createdPosition));
    }
    await writeRows(tx, table, rows);
    await removeTexts(
      tx,
      steps.flatMap(({ event }) => (event.type === 'ConnectionTextRedacted' ? event.commitment : [])),
    );
  },
};

/** The connections whose rows must be there, since their first event is not among these. */
function begunBefore(steps: readonly { readonly id: string; readonly recorded: LoggedEvent }[]): Set<string> {
  const [met, before] = [new Set<string>(), new Set<string>()];
  for (const { id, recorded } of steps) {
    if (!met.has(id) && recorded.revision > 0) before.add(id);
    met.add(id);
  }
  return before;
}

function decodeOrStop(recorded: LoggedEvent): ReturnType<typeof decode> {
  try {
    return decode(recorded);
  } catch (error) {
    throw new Unprojectable(recorded, error);
  }
}
