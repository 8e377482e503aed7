import { randomUUID } from 'node:crypto';
import { checkCommit } from './commit-check';
import type { ExpectedRevision } from './expected-revision';
import type { EventLog } from './log';
import type { ProposedEvent } from './stored-event';
import type { Position } from './position';

/**
 * The largest append, in bytes: the default of the server's MaxAppendSize.
 * EventStore/EventStore src/EventStore.Core/Configuration/ClusterVNodeOptions.cs
 */
export const MAX_APPEND_SIZE = 1_048_576;

export type WriteResult =
  | { readonly kind: 'success'; readonly revision: bigint; readonly position: Position | undefined }
  | { readonly kind: 'wrong-expected-version'; readonly current: bigint }
  | { readonly kind: 'deleted' };

/** Writes the events of one append if that is permitted. */
export function writeEvents(
  log: EventLog,
  name: string,
  expected: ExpectedRevision,
  events: readonly ProposedEvent[],
): WriteResult {
  const stream = log.stream(name);
  const decision = checkCommit(
    log,
    name,
    expected,
    events.map(({ id }) => id),
  );
  if (decision.kind === 'idempotent') {
    const { revision, commit } = decision.last;
    // The position is only known if the event can still be read.
    const readable = !stream.absent && revision >= stream.firstRevision;
    return { kind: 'success', revision, position: readable ? { commit, prepare: commit } : undefined };
  }
  if (decision.kind !== 'ok') return decision;
  const recreatedFrom = stream.softDeleted ? stream.lastRevision + 1n : undefined;
  const last = log.write(name, events).at(-1);
  // src/EventStore.Core/Services/Storage/StorageWriterService.cs (SoftUndeleteStream)
  if (recreatedFrom !== undefined) writeMetadata(log, name, { $tb: Number(recreatedFrom) });
  if (last === undefined) return { kind: 'success', revision: stream.lastRevision, position: undefined };
  // The same position for both: src/EventStore.Core/Services/RequestManager/Managers/WriteEvents.cs
  return { kind: 'success', revision: last.revision, position: { commit: last.commit, prepare: last.commit } };
}

/** Sets the metadata of a stream. */
export function writeMetadata(log: EventLog, name: string, metadata: object): void {
  log.write(`$$${name}`, [systemEvent('$metadata', metadata)]);
}

export function systemEvent(type: string, data: object): ProposedEvent {
  const bytes = new Uint8Array(Buffer.from(JSON.stringify(data)));
  return { id: randomUUID(), type, isJson: true, data: bytes, metadata: new Uint8Array() };
}
