import type { EventStore, RecordedEvent, WrittenEvent } from '@connections/event-store/event-store';
import type { NewText } from '@connections/connection/texts';
import type { Tree } from '../tree';

/** Where the content of an export comes from. */
export interface ExportSources {
  readonly log: Pick<EventStore, 'read' | 'written' | 'head'>;
  readonly tree: Pick<Tree, 'hashesOf' | 'leaves' | 'leavesOf' | 'positionOf'>;
  /** The texts of these commitments, without those that were redacted. */
  readonly textsOf: (commitments: readonly string[]) => Promise<readonly NewText[]>;
  /** The names of these organizations, without those that do not exist. */
  readonly namesOf: (ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** The ids of an organization's connections in order, after the given one, at most `limit`. */
  readonly connectionsOf: (organizationId: string, after: string, limit: number) => Promise<readonly string[]>;
}

/** An event and its place in the tree. */
export interface LeafEvent {
  readonly event: RecordedEvent;
  /** The event's data and metadata as stored text. */
  readonly written: Pick<WrittenEvent, 'data' | 'metadata'>;
  readonly leaf: number;
}

/** The log and the tree over it do not belong together. */
export class LogIncomplete extends Error {}
