import type { EventStore, Position, RecordedEvent } from '@connections/event-store/event-store';
import { leafOfEvent } from './leaf';

/**
 * The log is not the one that was signed, or that the tree has followed. Nothing more is signed, since that would vouch
 * for two histories, or for events that the log does not hold.
 */
export class LogForked extends Error {}

/** The last event of a tree. */
export interface LastLeaf {
  /** Counted from 0. */
  readonly index: number;
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
  /** The leaf hash, in base64. */
  readonly hash: string;
}

/** Whether a leaf was made from this event. If the store tells the event's position, that has to match as well. */
export const isLeaf = ({ revision, position, hash }: LastLeaf, event: RecordedEvent): boolean =>
  event.revision === revision &&
  (event.position ?? position) === position &&
  leafOfEvent(event).toString('base64') === hash;

/**
 * Requires that the last event of the tree is in the log, at the same place and unchanged. In an older copy of the log,
 * or in another log, it is not. Then nothing may be signed of what the tree holds beyond the log, and nothing may be
 * added to the tree: afterwards its last event would be in the log, whatever lies before it.
 * @param last null for an empty tree, which fits any log.
 * @throws LogForked; StoreUnavailable when the log cannot be asked.
 */
export async function requireFollowed(last: LastLeaf | null, log: Pick<EventStore, 'read'>): Promise<void> {
  if (last === null) return;
  const { index, stream, revision, position } = last;
  for await (const event of log.read(stream, { from: revision, limit: 1 })) if (isLeaf(last, event)) return;
  throw new LogForked(
    `The tree has seen ${index + 1} events, and the log has not the last of them, ${stream}@${revision} at position ${position}, as it was: the log is an older copy, or another one. Nothing is signed. Restore the log that was there; if this one is to be gone on with, run "projection rebuild".`,
  );
}
