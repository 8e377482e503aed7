import { treeProjection } from '@connections/audit/tree.projection';
import { connectionsProjection } from '@connections/connection/read-model/connections.projection';
import { type EventStore, type Position, START } from '@connections/event-store/event-store';
import type { Projection, ProjectionTables } from '@connections/event-store/projection';
import { nextTable } from '@connections/event-store/rebuild';
import type { Stores } from '@connections/host/stores';
import { feedProjection } from '@connections/notifications/feed.projection';

/** Every projection there is. */
export const projections: readonly Projection[] = [connectionsProjection, treeProjection, feedProjection];

export type ProjectionRow = ProjectionTables['projections'];

/** How a projection stands, as far as the database tells; whether anybody is at work on it, only the service knows. */
export interface ProjectionState {
  readonly name: string;
  /**
   * `current`: it has seen the whole log. `behind`: not yet. `faulted`: it stands still at an event. `ahead-of-log`:
   * it has seen events that the log does not hold. `outdated`: made by another version of this service.
   * `missing`: not made yet.
   */
  readonly state: 'current' | 'behind' | 'faulted' | 'ahead-of-log' | 'outdated' | 'missing';
  /** The last event that readers can see; empty before the first. */
  readonly position: string;
  /** The last event in the log; empty before the first. */
  readonly head: string;
  /** How much of the log readers cannot see yet. */
  readonly lag: number;
  readonly 'lag-unit': EventStore['unit'];
  /** What went wrong; null when nothing did. */
  readonly problem: string | null;
  /** How far a rebuild has come that was begun and did not end; null when there is none. */
  readonly rebuild: { readonly position: string } | null;
}

/** The place in the log that any projection has come to. */
export const furthestOf = (rows: readonly ProjectionRow[]): Position =>
  rows.reduce((furthest, { position }) => (position > furthest ? position : furthest), START);

/** How each projection stands to the log. */
export async function statesNow({ database, eventStore }: Stores): Promise<ProjectionState[]> {
  // The rows first: the log may grow meanwhile, and none may seem to be ahead of it.
  const rows = await database.reader.selectFrom('projections').selectAll().execute();
  // Others may write to the same log, and a projection that has seen that is not ahead of it.
  const head = await eventStore.head(furthestOf(rows));
  return projections.map((projection) => stateOf(projection, rows, head, eventStore));
}

/** How one projection stands to the log. */
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
