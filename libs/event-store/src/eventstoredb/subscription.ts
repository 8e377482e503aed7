import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb';
import {
  type Batch,
  type LoggedEvent,
  type Position,
  START,
  StoreClosed,
  StoreUnavailable,
  type SubscribeOptions,
} from '../event-store';
import { type ClientLifecycle, Patience } from './client-lifecycle';
import type { Connection } from './connection';
import { EndedEarly, faultOf, reasonOf, Silence, UnusableEventStore } from './errors';
import type { Horizon } from './horizon';
import { Inbox } from './inbox';
import { toPosition } from './positions';
import { subscription } from './requests';
import { bytesOf, eventOf, positionInLog, streamOf, toEvent } from './responses';

const BATCH_SIZE = 1_000;

/**
 * Follows the log over as many calls as it takes. The client's subscriptions never recover once they are broken, and
 * may fall silent without an error. So a fault, an end, and a silence while the log has moved on are all treated alike:
 * as a drop, after which a new call continues from the last position given.
 */
export async function* follow(
  lifecycle: ClientLifecycle,
  horizon: Horizon,
  options: SubscribeOptions,
): AsyncGenerator<Batch> {
  if (lifecycle.isClosed) throw new StoreClosed();
  const stop = new AbortController();
  const stopped = (): void => stop.abort();
  const signals = [lifecycle.closing, ...(options.signal ? [options.signal] : [])];
  if (signals.some(({ aborted }) => aborted)) return;
  for (const signal of signals) signal.addEventListener('abort', stopped);
  const patience = new Patience(lifecycle);
  let given = options.after;
  let lastEvent: Position = START;
  try {
    while (!stop.signal.aborted) {
      const connection = lifecycle.current;
      try {
        const feed = new Feed(lifecycle, horizon, given, options.batchSize ?? BATCH_SIZE);
        for await (const batch of feed.batches(connection, lastEvent, stop.signal)) {
          patience.renew();
          given = batch.upTo;
          lastEvent = batch.events.at(-1)?.position ?? lastEvent;
          yield batch;
        }
      } catch (error) {
        if (isAborted(stop)) return;
        const fault = faultOf(error);
        if (fault.kind === 'denied') {
          throw new UnusableEventStore(`The event store cannot be used: ${fault.advice}.`, error);
        }
        if (fault.kind !== 'not-sent' && fault.kind !== 'maybe-sent') throw error;
        lifecycle.counters.drops += 1;
        lifecycle.log?.warn({ reason: reasonOf(error), after: given }, 'event store subscription is interrupted');
        lifecycle.failed(connection, fault, error);
        if (await patience.pause(stop.signal)) continue;
        if (isAborted(stop)) return;
        throw new StoreUnavailable(`The event store cannot be followed now: ${reasonOf(error)}.`, error);
      }
    }
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', stopped);
  }
}

/**
 * In an older copy of the log, the events after a position are not the continuation of what was given: the caller has
 * to find that out.
 */
async function refuseOlderCopy(horizon: Horizon, lastEvent: Position, stop: AbortSignal): Promise<void> {
  const head = await headUnlessStopped(horizon, lastEvent, stop);
  if (head === null || lastEvent <= head) return;
  throw new StoreUnavailable(
    `The event log ends before what was given from it (${head || 'empty'} < ${lastEvent}): it is an older copy now.`,
  );
}

/** A search may be slow; a reader that has stopped does not wait for it. */
function headUnlessStopped(horizon: Horizon, known: Position, stop: AbortSignal): Promise<Position | null> {
  return new Promise((resolve, reject) => {
    const stopped = (): void => resolve(null);
    stop.addEventListener('abort', stopped);
    horizon
      .head(known)
      .then(resolve, reject)
      .finally(() => stop.removeEventListener('abort', stopped));
  });
}

const isAborted = (controller: AbortController): boolean => controller.signal.aborted;

/** One subscription call. */
class Feed {
  readonly #inbox: Inbox<ReadResp>;
  /** Everything up to here was given. */
  #given: Position;

  constructor(
    private readonly lifecycle: ClientLifecycle,
    private readonly horizon: Horizon,
    after: Position,
    private readonly batchSize: number,
  ) {
    this.#given = after;
    this.#inbox = new Inbox(batchSize, bytesOf);
  }

  /**
   * Ends only by the signal.
   * @param lastEvent the last event that earlier calls have given; `START` if none.
   * @throws whatever broke the call, or Silence, EndedEarly, StoreUnavailable.
   */
  async *batches(connection: Connection, lastEvent: Position, stop: AbortSignal): AsyncGenerator<Batch> {
    const inbox = this.#inbox;
    const nudge = (): void => inbox.nudge();
    stop.addEventListener('abort', nudge);
    try {
      const request = subscription(this.#given, this.lifecycle.settings.streamPrefixes);
      inbox.open((handOver) => connection.read(request, handOver));
      // The server confirms a subscription at once, so here silence is a fault.
      await inbox.wait(this.lifecycle.settings.callTimeout);
      if (lastEvent !== START) await refuseOlderCopy(this.horizon, lastEvent, stop);
      while (!stop.aborted) {
        if (inbox.over) throw new EndedEarly('the server ended the subscription');
        const batch = this.#batchOf(inbox.take(this.batchSize));
        if (batch !== null) {
          yield batch;
          continue;
        }
        await this.#somethingNew(stop);
        // Messages that arrive in the same turn go into one batch.
        await nextTurn();
      }
    } finally {
      stop.removeEventListener('abort', nudge);
      inbox.cancel();
    }
  }

  #batchOf(messages: readonly ReadResp[]): Batch | null {
    const events: LoggedEvent[] = [];
    const before = this.#given;
    for (const message of messages) {
      const recorded = eventOf(message);
      const checkpoint = message.getCheckpoint();
      if (recorded !== undefined) {
        const position = positionInLog(recorded);
        // A server that caught up with a slow reader may repeat some events.
        if (position <= this.#given) continue;
        events.push({ ...toEvent(recorded, streamOf(recorded)), position });
        this.horizon.saw(position);
        this.#given = position;
      } else if (checkpoint !== undefined) {
        const position = toPosition(checkpoint.getCommitPosition(), checkpoint.getPreparePosition());
        if (position === null || position <= this.#given) continue;
        this.horizon.sawNone(this.#given, position);
        this.#given = position;
      }
    }
    return this.#given > before ? { events, upTo: this.#given } : null;
  }

  /** Waits for a message. An idle log is as silent as a dead call, so after a while the log itself is asked. */
  async #somethingNew(stop: AbortSignal): Promise<void> {
    const { stallAfter, callTimeout } = this.lifecycle.settings;
    for (;;) {
      try {
        await this.#inbox.wait(stallAfter);
        return;
      } catch (silence) {
        if (!(silence instanceof Silence)) throw silence;
      }
      const head = await headUnlessStopped(this.horizon, this.#given, stop);
      if (head === null) return;
      if (head <= this.#given) continue;
      try {
        await this.#inbox.wait(callTimeout);
        return;
      } catch (silence) {
        if (!(silence instanceof Silence)) throw silence;
        throw new EndedEarly(
          `the subscription gave nothing after ${this.#given || 'its start'}, and the log is at ${head}`,
        );
      }
    }
  }
}
