import type { CheckpointTarget } from '@connections/audit/delivery';
import type { LastLeaf } from '@connections/audit/last-leaf';
import type { EventStore, Position, RecordedEvent } from '@connections/event-store/event-store';
import type { ProjectionRow } from '../projection-state';
import type { Check } from './check';

/** What the checks of one part know about the other one. */
export interface Surroundings {
  /** Whether the other part holds any data that belongs with this one. */
  readonly otherIsUsed: boolean;
}

export interface LogSurroundings extends Surroundings {
  /** Whether to check every event. */
  readonly full: boolean;
  /** Prints no progress, only errors, on standard error. */
  readonly silent: boolean;
  /** The ids of the newest connections, if the database can tell. */
  readonly newestConnections: readonly string[];
}

/** The log, in a file or on a server. */
export interface LogPart extends Pick<EventStore, 'unit' | 'distance'> {
  /** As `EventStore.head`, but `START` if the log cannot be read, which the checks report. */
  head(known: Position): Promise<Position>;
  /** The event of a stream at a revision. @throws when the log cannot be read. */
  at(stream: string, revision: number): Promise<RecordedEvent | undefined>;
  checks(surroundings: LogSurroundings): Promise<Check[]>;
  close(): Promise<void>;
}

/** What was signed about the log, according to the database. */
export interface Signed {
  /** Every key that signs or once did, as verifiers read it. */
  readonly keys: readonly string[];
  /** Those of them that no longer sign. */
  readonly retired: readonly string[];
  /** The signed note of the newest checkpoint; null before the first. */
  readonly newest: string | null;
  /** How many checkpoints were not yet delivered to each kind of place, whether or not it is configured. */
  readonly undelivered: Readonly<Record<CheckpointTarget['name'], number>>;
}

/** The database, in a file or on a server. What cannot be read is empty here, and the checks report why. */
export interface DatabasePart {
  /** How far the projections are. */
  projectionRows(): Promise<readonly ProjectionRow[]>;
  /** The last event of the tree; null if there is none. @throws when it cannot be read. */
  lastLeaf(): Promise<LastLeaf | null>;
  /** Null until the tables exist. @throws when they cannot be read. */
  signed(): Promise<Signed | null>;
  /** The root of the tree at a size, in base64; null if the tree is smaller. @throws when it cannot be read. */
  rootAt(size: number): Promise<string | null>;
  newestConnections(limit: number): Promise<readonly string[]>;
  checks(surroundings: Surroundings): Promise<Check[]>;
  close(): Promise<void>;
}
