import type { ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { type Changes, type Position, START, StoreClosed } from '../event-store';
import { type ClientLifecycle, Patience } from './client-lifecycle';
import { EndedEarly, faultOf } from './errors';
import { Inbox } from './inbox';
import { toTryAgain } from './read';
import { backwardsFromTheEnd } from './requests';
import { bytesOf, eventOf, positionInLog, streamOf } from './responses';

/** The most messages that are buffered. */
const ROOM = 256;
/** Events requested at first; usually little or nothing has happened. */
const AT_FIRST = 16;

/**
 * Finds what was appended after a position. It reads from the end of the log backwards, so if nothing happened, the
 * first message is the answer.
 * @throws StoreUnavailable, StoreClosed
 */
export async function changesAfter(lifecycle: ClientLifecycle, after: Position, limit: number): Promise<Changes> {
  // Each try starts from scratch, so no partial success extends the time allowed for all tries.
  const patience = new Patience(lifecycle, performance.now());
  for (let count = Math.min(AT_FIRST, limit + 1); ;) {
    const connection = lifecycle.current;
    const inbox = new Inbox<ReadResp>(ROOM, bytesOf);
    try {
      inbox.open((handOver) => connection.read(backwardsFromTheEnd(count), handOver));
      const changes = await collected(inbox, lifecycle, { after, count });
      if (changes.complete || changes.upTo < after || count > limit) return changes;
      count = limit + 1;
    } catch (error) {
      if (lifecycle.isClosed) throw new StoreClosed();
      await toTryAgain(lifecycle, patience, { connection, fault: faultOf(error), error });
      lifecycle.counters.readRetries += 1;
    } finally {
      // The few events requested at first arrive in any case.
      if (count <= AT_FIRST) void inbox.leave(lifecycle.settings.callTimeout);
      else inbox.cancel();
    }
  }
}

async function collected(
  inbox: Inbox<ReadResp>,
  { settings }: ClientLifecycle,
  { after, count }: { readonly after: Position; readonly count: number },
): Promise<Changes> {
  const revisions: { stream: string; revision: number }[] = [];
  let upTo = after;
  let looked = 0;
  for (;;) {
    await inbox.wait(settings.callTimeout);
    if (inbox.over) break;
    for (const message of inbox.take(ROOM)) {
      const event = eventOf(message);
      if (event === undefined) continue;
      const position = positionInLog(event);
      if (looked === 0) upTo = position;
      // If the log ends before the position, it is an older copy, and what was at that position is gone.
      if (position <= after) return { revisions: revisions.reverse(), upTo, complete: upTo >= after };
      looked += 1;
      const stream = streamOf(event);
      if (settings.streamPrefixes.some((prefix) => stream.startsWith(prefix)))
        revisions.push({ stream, revision: Number(event.getStreamRevision()) });
    }
  }
  if (looked === count) return { revisions: revisions.reverse(), upTo, complete: false };
  if (after !== START) throw new EndedEarly('the search for changes ended before it came to where it was to end');
  return { revisions: revisions.reverse(), upTo, complete: true };
}
