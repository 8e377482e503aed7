import type { ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { type Position, START, StoreClosed } from '../event-store';
import { type ClientLifecycle, Patience } from './client-lifecycle';
import { EndedEarly, faultOf } from './errors';
import { Inbox } from './inbox';
import { toTryAgain } from './read';
import { backwardsFromTheEnd } from './requests';
import { bytesOf, eventOf, positionInLog, streamOf } from './responses';

/** Messages that wait while the log is searched; few, since mostly the first one ends the search. */
const ROOM = 32;

/**
 * Knows where the last event of ours was, as far as the log was looked at. Whatever is appended or followed moves it, so
 * that a search for the head goes no further back than to where the log was seen last, however much of it belongs to
 * other applications.
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

  /** None of ours is between these positions, the second included. */
  sawNone(after: Position, upTo: Position): void {
    if (after <= this.#lookedUpTo && upTo > this.#lookedUpTo) this.#lookedUpTo = upTo;
  }

  /** Searches from the end of the log; see `EventStore.head`. @throws StoreUnavailable, StoreClosed */
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
          // What is known of another copy of the log says nothing about this one.
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

  /** A log that ends before an event that was seen is an older copy of the one that was known. */
  #forget(): void {
    this.#last = START;
    this.#lookedUpTo = START;
  }

  #isOurs(stream: string): boolean {
    return this.lifecycle.settings.streamPrefixes.some((prefix) => stream.startsWith(prefix));
  }
}
