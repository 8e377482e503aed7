import { type Kysely, sql } from 'kysely';
import { isPostgres, textOf } from '@connections/database/dialect';
import type { LoggedEvent } from '@connections/event-store/event-store';
import { type Changes, type EventPlace, type Projection, Unprojectable } from '@connections/event-store/projection';
import { connectionIdOfStream, isConnectionStream } from '../connection-id';
import { type Change, changeBy, evolve, initial, type State } from '../domain/connection';
import type { ConnectionEvent } from '../domain/connection.events';
import { decode } from '../stored-events';
import { removeTexts } from '../texts';
import { columnsOf, type ConnectionRow, toConnection, toRow } from './connections.table';
import type { NamingTables } from './named-rows';
import { changeRows, insertRows, loadRows, type RowChange, writeRows } from './row-statements';

/** The state of a connection whose first event is among those that were added. */
interface Begun {
  readonly state: State;
  readonly revision: number;
  readonly createdPosition: string;
}

/** What has changed in another connection since a revision, whatever its row says. */
interface Continued {
  /** The first event that was added. */
  readonly from: EventPlace;
  /** The revision of the last event that was added. */
  readonly revision: number;
  readonly change: Change;
}

/**
 * The read model is the aggregate's own fold, one row a connection: readers see what `evolve` returns. It also removes
 * redacted texts, so that none survives a process that died before removing it, or returns with a back-up.
 */
export const connectionsProjection: Projection = {
  name: 'connections',
  version: 2,

  // Each list reads along one of these, newest first, so that a page costs the same however many rows there are.
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
    // A row changes two or three times. With free space on its page, PostgreSQL need not update every index each time.
    await (isPostgres(database) ? empty.modifyEnd(sql`with (fillfactor = 60)`) : empty).execute();
  },

  changes: () => new ConnectionChanges(),
};

class ConnectionChanges implements Changes {
  readonly #begun = new Map<string, Begun>();
  readonly #continued = new Map<string, Continued>();
  /** The commitments to texts that were redacted. */
  readonly #redacted: string[] = [];

  add(events: readonly LoggedEvent[]): void {
    for (const recorded of events) {
      if (!isConnectionStream(recorded.stream)) continue;
      const id = connectionIdOfStream(recorded.stream);
      const event = decodeOrStop(recorded);
      const [begun, continued] = [this.#begun.get(id), this.#continued.get(id)];
      if (begun !== undefined || (recorded.revision === 0 && continued === undefined)) {
        this.#begun.set(id, begunBy(begun, recorded, event));
      } else {
        this.#continued.set(id, continuedBy(continued, recorded, event));
      }
      if (event.type === 'ConnectionTextRedacted') this.#redacted.push(event.commitment);
    }
  }

  async writeTo(untyped: Kysely<unknown>, table: string): Promise<void> {
    const tx = untyped as Kysely<NamingTables>;
    const begun = await insertUnseen(tx, table, rowsOf(this.#begun));
    const continued = await changeUnseen(tx, table, this.#continued);
    await writeRows(tx, table, [...begun, ...(await changedRows(tx, table, continued))]);
    await removeTexts(tx, this.#redacted);
  }
}

/** @throws Unprojectable if events before it are missing. An event already applied changes nothing. */
function begunBy(before: Begun | undefined, recorded: LoggedEvent, event: ConnectionEvent): Begun {
  const { state, revision, createdPosition } = before ?? {
    state: initial,
    revision: -1,
    createdPosition: recorded.position,
  };
  if (before !== undefined && recorded.revision <= revision) return before;
  refuseGap(recorded, revision);
  return { state: evolve(state, event), revision: recorded.revision, createdPosition };
}

/** Like `begunBy`, for a connection whose earlier state is unknown here. */
function continuedBy(before: Continued | undefined, recorded: LoggedEvent, event: ConnectionEvent): Continued {
  const { stream, revision, type, position } = recorded;
  if (before === undefined) {
    return { from: { stream, revision, type, position }, revision, change: changeBy(event) };
  }
  if (revision <= before.revision) return before;
  refuseGap(recorded, before.revision);
  return { from: before.from, revision, change: { ...before.change, ...changeBy(event) } };
}

function refuseGap(event: EventPlace, before: number): void {
  if (event.revision === before + 1) return;
  throw new Unprojectable(event, `what is there before it is revision ${before}, so events are missing in between`);
}

/**
 * Inserts rows without reading first, if possible. @returns the rows still to be written: all of them if one already
 * exists.
 */
async function insertUnseen(
  tx: Kysely<NamingTables>,
  table: string,
  rows: readonly ConnectionRow[],
): Promise<readonly ConnectionRow[]> {
  if (isPostgres(tx)) return rows;
  return (await insertRows(tx, table, rows)) === rows.length ? [] : rows;
}

/**
 * Changes rows without reading them first, if possible.
 * @returns the changes that need the present row: all of them if a row did not match, because an event was applied
 * already or one is missing.
 */
async function changeUnseen(
  tx: Kysely<NamingTables>,
  table: string,
  continued: ReadonlyMap<string, Continued>,
): Promise<ReadonlyMap<string, Continued>> {
  // PostgreSQL would plan such a statement once, for the few rows that there are when it first sees it.
  if (isPostgres(tx)) return continued;
  const changes: RowChange[] = [];
  const others = new Map<string, Continued>();
  for (const [id, entry] of continued) {
    const { from, revision, change } = entry;
    if ('status' in change) changes.push({ id, before: from.revision - 1, revision, ...columnsOf(change) });
    else others.set(id, entry);
  }
  return (await changeRows(tx, table, changes)) === changes.length ? others : continued;
}

/** @returns these connections' rows after the change, without those that are up to date. */
async function changedRows(
  tx: Kysely<NamingTables>,
  table: string,
  continued: ReadonlyMap<string, Continued>,
): Promise<ConnectionRow[]> {
  const before = new Map((await loadRows(tx, table, [...continued.keys()])).map((row) => [row.id, row]));
  const rows: ConnectionRow[] = [];
  for (const [id, { from, revision, change }] of continued) {
    const row = before.get(id);
    // Some or all of the events may have been applied already.
    if (row === undefined || row.revision < from.revision) refuseGap(from, row?.revision ?? -1);
    if (row === undefined || row.revision >= revision) continue;
    const state = { ...toConnection(row), ...change };
    rows.push(toRow(state, revision, row.created_position));
  }
  return rows;
}

const rowsOf = (begun: ReadonlyMap<string, Begun>): ConnectionRow[] =>
  [...begun.values()].flatMap(({ state, revision, createdPosition }) =>
    state === null ? [] : toRow(state, revision, createdPosition),
  );

function decodeOrStop(recorded: LoggedEvent): ReturnType<typeof decode> {
  try {
    return decode(recorded);
  } catch (error) {
    throw new Unprojectable(recorded, error);
  }
}
