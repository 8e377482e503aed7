import type { ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { type Position, START, StoreClosed } from '../event-store';
import { type ClientLifecycle, Patience } from './client-lifecycle';
import { EndedEarly, faultOf } from './errors';
import { Inbox } from './inbox';
import { toTryAgain } from './read';
import { backwardsFromTheEnd } from './requests';
import { bytesOf, eventOf, positionInLog, streamOf } from './responses';

/** The most messages buffered during a search; few, since usually the first one ends it. */
const ROOM = 32;

/**
 * Knows the position of our last event, as far as the log was looked at. Every append and subscription moves it
 * forward, so a search for the head goes back no further than where the log was last seen, however many events of other
 * applications lie behind that.
 */
export class Horizon {
  #last: Position = START;
  #lookedUpTo: Position = START;

  constructor(private readonly lifecycle: ClientLifecycle) {}

  /** An event of ours is at this position. */
  saw(position: Position): void {
    if (position <= this.#lookedUpTo) return;
    this.#last = position;
    this.#lookedUpTo = position;
  }

  /** None of our events lies after the first position, up to and including the second. */
  sawNone(after: Position, upTo: Position): void {
    if (after <= this.#lookedUpTo && upTo > this.#lookedUpTo) this.#lookedUpTo = upTo;
  }

  /** Searches backwards from the end of the log; see `EventStore.head`. @throws StoreUnavailable, StoreClosed */
  async head(known: Position = START): Promise<Position> {
    const patience = new Patience(this.lifecycle);
    for (;;) {
      const lastBefore = this.#last;
      const connection = this.lifecycle.current;
      const inbox = new Inbox<ReadResp>(ROOM, bytesOf);
      try {
        inbox.open((handOver) => connection.read(backwardsFromTheEnd(), handOver));
        return await this.#search(inbox, patience, { known, lastBefore });
      } catch (error) {
        if (this.lifecycle.isClosed) throw new StoreClosed();
        await toTryAgain(this.lifecycle, patience, { connection, fault: faultOf(error), error });
        this.lifecycle.counters.readRetries += 1;
      } finally {
        inbox.cancel();
      }
    }
  }

  async #search(
    inbox: Inbox<ReadResp>,
    patience: Patience,
    { known, lastBefore }: { readonly known: Position; readonly lastBefore: Position },
  ): Promise<Position> {
    let end: Position | undefined;
    let floor = known;
    for (;;) {
      await inbox.wait(this.lifecycle.settings.callTimeout);
      if (inbox.over) break;
      patience.renew();
      for (const message of inbox.take(ROOM)) {
        const event = eventOf(message);
        if (event === undefined) continue;
        const position = positionInLog(event);
        if (end === undefined) {
          end = position;
          if (lastBefore > end) this.#forget();
          // What is known of another copy of the log does not hold for this one.
          if (floor > end) floor = START;
        }
        const isOurs = this.#isOurs(streamOf(event));
        if (!isOurs && position > this.#lookedUpTo && position > floor) continue;
        if (isOurs) this.saw(position);
        this.sawNone(position, end);
        return this.#last > floor ? this.#last : floor;
      }
    }
    if (this.#lookedUpTo !== START || (floor !== START && end !== undefined)) {
      throw new EndedEarly('the search for the end of the log ended before it was found');
    }
    this.sawNone(START, end ?? START);
    return START;
  }

  /** The log ends before an event that was seen: it is an older copy of the one that was known. */
  #forget(): void {
    this.#last = START;
    this.#lookedUpTo = START;
  }

  #isOurs(stream: string): boolean {
    return this.lifecycle.settings.streamPrefixes.some((prefix) => stream.startsWith(prefix));
  }
}
