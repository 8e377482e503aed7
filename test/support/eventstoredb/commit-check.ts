import type { ExpectedRevision } from './expected-revision';
import type { EventLog, Stream } from './log';
import type { StoredEvent } from './stored-event';

export type CommitDecision =
  | { readonly kind: 'ok' }
  | { readonly kind: 'idempotent'; readonly last: StoredEvent }
  | { readonly kind: 'wrong-expected-version'; readonly current: bigint }
  | { readonly kind: 'deleted' };

/**
 * Whether these events may be written, or were written already. EventStore/EventStore
 * src/EventStore.Core/Services/Storage/ReaderIndex/IndexWriter.cs (CheckCommit); a corrupted idempotent write is
 * answered like a wrong revision: src/EventStore.Core/Services/Storage/StorageWriterService.cs
 */
export function checkCommit(
  log: EventLog,
  name: string,
  expected: ExpectedRevision,
  ids: readonly string[],
): CommitDecision {
  const stream = log.stream(name);
  const wrong: CommitDecision = { kind: 'wrong-expected-version', current: stream.lastRevision };
  if (stream.tombstoned) return { kind: 'deleted' };
  if (expected === 'stream_exists') {
    if (stream.softDeleted) return { kind: 'deleted' };
    if (stream.lastRevision < 0n && log.stream(`$$${name}`).lastRevision < 0n) return wrong;
  }
  if (typeof expected !== 'bigint') return checkIds(stream, ids) ?? wrong;
  if (expected > stream.lastRevision) return wrong;
  if (expected === stream.lastRevision) return { kind: 'ok' };
  return checkRevisions(stream, expected, ids) ?? wrong;
}

/** Without an expected revision only the ids can tell: either all are known, or the first is not. */
function checkIds(stream: Stream, ids: readonly string[]): CommitDecision | undefined {
  let last: StoredEvent | undefined;
  for (const [index, id] of ids.entries()) {
    last = stream.byId.get(id);
    if (last === undefined) return index === 0 ? { kind: 'ok' } : undefined;
  }
  return last === undefined ? { kind: 'ok' } : { kind: 'idempotent', last };
}

/** The same ids at the same revisions are the same write. */
function checkRevisions(stream: Stream, expected: bigint, ids: readonly string[]): CommitDecision | undefined {
  let last: StoredEvent | undefined;
  for (const [index, id] of ids.entries()) {
    last = stream.events[Number(expected) + 1 + index];
    if (last?.id === id) continue;
    return index === 0 && expected === -1n && stream.softDeleted ? { kind: 'ok' } : undefined;
  }
  return last === undefined ? undefined : { kind: 'idempotent', last };
}
