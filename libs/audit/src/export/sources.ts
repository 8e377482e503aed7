import type { EventStore, RecordedEvent, WrittenEvent } from '@connections/event-store/event-store';
import type { NewText } from '@connections/connection/texts';
import type { Tree } from '../tree';

/** What an export is made from. */
export interface ExportSources {
  readonly log: Pick<EventStore, 'read' | 'written' | 'head'>;
  readonly tree: Pick<Tree, 'hashesOf' | 'leaves' | 'leavesOf' | 'positionOf'>;
  /** Those of these commitments whose texts are still there. */
  readonly textsOf: (commitments: readonly string[]) => Promise<readonly NewText[]>;
  /** How these organizations are called, without those that there are not. */
  readonly namesOf: (ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** The ids of an organization's connections in their order, at most so many, behind one of them. */
  readonly connectionsOf: (organizationId: string, after: string, limit: number) => Promise<readonly string[]>;
}

/** An event and its place in the tree. */
export interface LeafEvent {
  readonly event: RecordedEvent;
  /** The same as it is written down. */
  readonly written: Pick<WrittenEvent, 'data' | 'metadata'>;
  readonly leaf: number;
}

/** The log and the tree over it do not belong together. */
export class LogIncomplete extends Error {}
