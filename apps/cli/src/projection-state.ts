import { treeProjection } from '@connections/audit/tree.projection';
import { connectionsProjection } from '@connections/connection/read-model/connections.projection';
import { type EventStore, type Position, START } from '@connections/event-store/event-store';
import type { Projection, ProjectionTables } from '@connections/event-store/projection';
import { nextTable } from '@connections/event-store/rebuild';
import type { Stores } from '@connections/host/stores';
import { feedProjection } from '@connections/notifications/feed.projection';

/** All projections. */
export const projections: readonly Projection[] = [connectionsProjection, treeProjection, feedProjection];

export type ProjectionRow = ProjectionTables['projections'];

/** The state of a projection according to the database. Whether a process is working on it, only the service knows. */
export interface ProjectionState {
  readonly name: string;
  /**
   * `current`: it has projected the whole log. `behind`: not yet. `faulted`: it has stopped at an event.
   * `ahead-of-log`: it has projected events that the log does not hold. `outdated`: made by another version of this
   * service. `missing`: not made yet.
   */
  readonly state: 'current' | 'behind' | 'faulted' | 'ahead-of-log' | 'outdated' | 'missing';
  /** The position up to which readers can see everything; empty before the first event. */
  readonly position: string;
  /** The position of the last event in the log; empty before the first. */
  readonly head: string;
  /** How much of the log readers cannot see yet, in `lag-unit`. */
  readonly lag: number;
  readonly 'lag-unit': EventStore['unit'];
  /** What went wrong; null if nothing did. */
  readonly problem: string | null;
  /** How far an unfinished rebuild has come; null if there is none. */
  readonly rebuild: { readonly position: string } | null;
}

/** The furthest position of any projection. */
export const furthestOf = (rows: readonly ProjectionRow[]): Position =>
  rows.reduce((furthest, { position }) => (position > furthest ? position : furthest), START);

/** The state of each projection, compared with the log. */
export async function statesNow({ database, eventStore }: Stores): Promise<ProjectionState[]> {
  // The checkpoints first: the log may grow meanwhile, and none must seem to be ahead of it.
  const rows = await database.reader.selectFrom('projections').selectAll().execute();
  // A projection may be beyond our last event, behind events of other applications, without being ahead of the log.
  const head = await eventStore.head(furthestOf(rows));
  return projections.map((projection) => stateOf(projection, rows, head, eventStore));
}

/** The state of one projection, compared with the log. */
export function stateOf(
  projection: Projection,
  rows: readonly ProjectionRow[],
  head: string,
  eventStore: Pick<EventStore, 'distance' | 'unit'>,
): ProjectionState {
  const { name, version } = projection;
  const row = rows.find((other) => other.name === name);
  const begun = rows.find((other) => other.name === nextTable(projection));
  const position = row?.position ?? '';
  return {
    name,
    position,
    head,
    lag: eventStore.distance(position, head),
    'lag-unit': eventStore.unit,
    rebuild: begun ? { position: begun.position } : null,
    ...verdictOn(row, version, head),
  };
}

function verdictOn(
  row: ProjectionRow | undefined,
  version: number,
  head: string,
): Pick<ProjectionState, 'state' | 'problem'> {
  if (row === undefined) return { state: 'missing', problem: null };
  if (row.position > head) {
    const problem = `It has seen events up to ${row.position}, and the log ends at ${head || 'its beginning'}.`;
    return { state: 'ahead-of-log', problem };
  }
  if (row.fault !== null) return { state: 'faulted', problem: row.fault };
  if (row.version !== version) {
    return { state: 'outdated', problem: `It has form ${row.version}; this version of the service uses ${version}.` };
  }
  return { state: row.position < head ? 'behind' : 'current', problem: null };
}
