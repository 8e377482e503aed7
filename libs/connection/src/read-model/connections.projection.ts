import { type Kysely, sql } from 'kysely';
import { isPostgres, textOf } from '@connections/database/dialect';
import type { LoggedEvent } from '@connections/event-store/event-store';
import { type Projection, Unprojectable } from '@connections/event-store/projection';
import { connectionIdIn, isConnectionStream } from '../connection-id';
import { evolve, initial, type Standing, standingAfter, type State } from '../domain/connection';
import type { ConnectionEvent } from '../domain/connection.events';
import { decode } from '../stored-events';
import { removeTexts } from '../texts';
import { columnsOf, type ConnectionRow, toConnection, toRow } from './connections.table';
import type { NamingTables } from './named-rows';
import { changeRows, loadRows, type RowChange, writeRows } from './row-statements';

interface Step {
  readonly id: string;
  readonly recorded: LoggedEvent;
  readonly event: ConnectionEvent;
}

/** What has become of a connection, and by which revision. */
interface Entry {
  readonly state: State;
  readonly revision: number;
  readonly createdPosition: string;
}

/** How a connection stands after what came of it, whatever its row says. */
interface Continued {
  /** The revision that its row must be at. */
  readonly before: number;
  readonly revision: number;
  /** Null where only its row can tell. */
  readonly standing: Standing | null;
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
      .map((recorded): Step => ({ id: connectionIdIn(recorded.stream), recorded, event: decodeOrStop(recorded) }));
    const begun = new Map<string, Entry>();
    const continued = new Map<string, Continued>();
    for (const step of steps) {
      const { id, recorded } = step;
      if (begun.has(id) || (recorded.revision === 0 && !continued.has(id)))
        begun.set(id, entryAfter(begun.get(id), step));
      else continued.set(id, continuedBy(continued.get(id), step));
    }
    const unresolved = await changeUnseen(tx, table, continued);
    const resolved = await resolveByRows(tx, table, steps, unresolved);
    await writeRows(tx, table, [...rowsOf(begun), ...rowsOf(resolved)]);
    await removeTexts(
      tx,
      steps.flatMap(({ event }) => (event.type === 'ConnectionTextRedacted' ? event.commitment : [])),
    );
  },
};

/** @throws Unprojectable where events before it are missing. One that was seen before changes nothing. */
function entryAfter(before: Entry | undefined, { recorded, event }: Step): Entry {
  const entry = before ?? { state: initial, revision: -1, createdPosition: recorded.position };
  const { state, revision, createdPosition } = entry;
  if (recorded.revision <= revision) return entry;
  refuseGap(recorded, revision);
  return { state: evolve(state, event), revision: recorded.revision, createdPosition };
}

/** The same where it is not known what was before, which nothing depends on once a step was taken. */
function continuedBy(before: Continued | undefined, { recorded, event }: Step): Continued {
  const { revision } = recorded;
  if (before === undefined) return { before: revision - 1, revision, standing: standingAfter(null, event) };
  if (revision <= before.revision) return before;
  refuseGap(recorded, before.revision);
  return { before: before.before, revision, standing: standingAfter(before.standing, event) };
}

function refuseGap(recorded: LoggedEvent, before: number): void {
  if (recorded.revision === before + 1) return;
  throw new Unprojectable(recorded, `what is there before it is revision ${before}, so events are missing in between`);
}

/**
 * Changes rows without looking at them, where that can be done.
 * @returns those that only their rows can tell of. Where fewer were changed than were to be, that is all of them: an event
 * was seen before, or what came before it is missing.
 */
async function changeUnseen(
  tx: Kysely<NamingTables>,
  table: string,
  continued: ReadonlyMap<string, Continued>,
): Promise<ReadonlySet<string>> {
  const all = new Set(continued.keys());
  // PostgreSQL would plan such a statement once, by how few rows there are when it first sees it.
  if (isPostgres(tx)) return all;
  const changes: RowChange[] = [];
  for (const [id, { standing, ...revisions }] of continued) {
    if (standing !== null) changes.push({ id, ...revisions, ...columnsOf(standing) });
  }
  if ((await changeRows(tx, table, changes)) !== changes.length) return all;
  for (const { id } of changes) all.delete(id);
  return all;
}

/** @returns what has become of those connections whose rows are not so already. */
async function resolveByRows(
  tx: Kysely<NamingTables>,
  table: string,
  steps: readonly Step[],
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Entry>> {
  const before = new Map<string, Entry>();
  for (const row of await loadRows(tx, table, [...ids])) {
    before.set(row.id, { state: toConnection(row), revision: row.revision, createdPosition: row.created_position });
  }
  const resolved = new Map(before);
  for (const step of steps) if (ids.has(step.id)) resolved.set(step.id, entryAfter(resolved.get(step.id), step));
  for (const [id, entry] of before) if (resolved.get(id) === entry) resolved.delete(id);
  return resolved;
}

const rowsOf = (entries: ReadonlyMap<string, Entry>): ConnectionRow[] =>
  [...entries.values()].flatMap(({ state, revision, createdPosition }) =>
    state === null ? [] : toRow(state, revision, createdPosition),
  );

function decodeOrStop(recorded: LoggedEvent): ReturnType<typeof decode> {
  try {
    return decode(recorded);
  } catch (error) {
    throw new Unprojectable(recorded, error);
  }
}
