import type { EventStore, Position, RecordedEvent } from '@connections/event-store/event-store';
import { leafOfEvent } from './leaf';

/**
 * The log is not the one that was signed, or that the tree has followed. Nothing is signed any more, since that would
 * vouch for two histories, or for events that the log does not hold.
 */
export class LogForked extends Error {}

/** The last event of a tree. */
export interface LastLeaf {
  /** Counted from 0. */
  readonly index: number;
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
  /** The leaf's own, in base64. */
  readonly hash: string;
}

/** Whether an event is the one that the leaf was made of. Where a store tells its position, that has to be the same. */
export const isLeaf = ({ revision, position, hash }: LastLeaf, event: RecordedEvent): boolean =>
  event.revision === revision &&
  (event.position ?? position) === position &&
  leafOfEvent(event).toString('base64') === hash;

/**
 * The last event of the tree has to be in the log, where and as it was. It is not in an older copy of the log, nor in
 * another one. Of what the tree holds beyond that nothing may be signed; and nothing may be added to it, since afterwards
 * its last event would be in the log, whatever lies before.
 * @param last null for an empty tree, which any log may be followed by.
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
