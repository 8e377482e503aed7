import type { CheckpointTarget } from '@connections/audit/delivery';
import type { LastLeaf } from '@connections/audit/last-leaf';
import type { EventStore, Position, RecordedEvent } from '@connections/event-store/event-store';
import type { ProjectionRow } from '../projection-state';
import type { Check } from './check';

/** What the checks of one part know of the other one. */
export interface Surroundings {
  /** Whether the other part holds anything that belongs to this one. */
  readonly otherIsUsed: boolean;
}

export interface LogSurroundings extends Surroundings {
  /** Whether every event is to be checked. */
  readonly full: boolean;
  /** Keeps standard error for errors. */
  readonly silent: boolean;
  /** The ids of the newest connections, as far as the database tells. */
  readonly newestConnections: readonly string[];
}

/** The log, whatever keeps it. */
export interface LogPart extends Pick<EventStore, 'unit' | 'distance'> {
  /** As `EventStore.head`; `START` also where it cannot be read, which the checks tell. */
  head(known: Position): Promise<Position>;
  /** The event of a stream at a revision. @throws where the log cannot be read. */
  at(stream: string, revision: number): Promise<RecordedEvent | undefined>;
  checks(surroundings: LogSurroundings): Promise<Check[]>;
  close(): Promise<void>;
}

/** What was signed about the log, as the database has it. */
export interface Signed {
  /** Every key that signs or did, as verifiers read it. */
  readonly keys: readonly string[];
  /** Those of them that sign no more. */
  readonly retired: readonly string[];
  /** The signed note of the newest checkpoint; null before the first. */
  readonly newest: string | null;
  /** How many checkpoints were not yet brought to each place, were it one that they are brought to. */
  readonly undelivered: Readonly<Record<CheckpointTarget['name'], number>>;
}

/** The database, whatever keeps it. What cannot be read is empty here, and the checks tell why. */
export interface DatabasePart {
  /** How far the projections are. */
  projectionRows(): Promise<readonly ProjectionRow[]>;
  /** The last event of the tree; null where there is none. @throws where it cannot be read. */
  lastLeaf(): Promise<LastLeaf | null>;
  /** Null before there are tables for it. @throws where they cannot be read. */
  signed(): Promise<Signed | null>;
  /** The root of the tree at a size, in base64; null where it has not so much. @throws where it cannot be read. */
  rootAt(size: number): Promise<string | null>;
  newestConnections(limit: number): Promise<readonly string[]>;
  checks(surroundings: Surroundings): Promise<Check[]>;
  close(): Promise<void>;
}
