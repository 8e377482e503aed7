import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { streamDeleted } from './errors';
import { type Filter, filterOf, READ_BATCH_SIZE } from './filter';
import { DELETED_STREAM, type EventLog } from './log';
import type { StoredEvent } from './stored-event';
import {
  caughtUpResponse,
  checkpointResponse,
  confirmationResponse,
  eventInAll,
  eventInStream,
  fellBehindResponse,
  positionOf,
} from './messages';
import type { Outlet } from './outlet';
import { comparePositions, indexAt, type Position, START } from './position';

/** How many live events wait for a slow client. src/EventStore.Core/Services/Transport/Enumerators/Enumerator.cs */
const MAX_LIVE_EVENT_BUFFER_COUNT = 32;

const EVERYTHING: Filter = { allows: () => true, window: READ_BATCH_SIZE, checkpointInterval: Infinity };

/** Sends all present and future events until the call ends. */
export async function subscribe(
  log: EventLog,
  options: ReadReq.Options,
  stream: string | undefined,
  outlet: Outlet,
): Promise<void> {
  const subscription = new Subscription(log, options, stream, outlet);
  try {
    await subscription.run();
  } finally {
    subscription.close();
  }
}

/**
 * Reads pages until there are no more, then passes on live events. Those wait in a small buffer that drops the oldest:
 * after a gap, pages are read again from the last event that was sent. EventStore/EventStore
 * src/EventStore.Core/Services/Transport/Enumerators/Enumerator.AllSubscriptionFiltered.cs,
 * Enumerator.AllSubscription.cs and Enumerator.StreamSubscription.cs beside it
 */
class Subscription {
  private readonly events: readonly StoredEvent[];
  private readonly filter: Filter;
  private readonly checkpoints: boolean;
  private readonly response: (event: StoredEvent) => ReadResp;
  private readonly live: LiveEvents;
  /** The position of the last event or checkpoint that was sent. */
  private at: Position;
  private lastCheckpoint = START;

  constructor(
    private readonly log: EventLog,
    options: ReadReq.Options,
    private readonly stream: string | undefined,
    private readonly outlet: Outlet,
  ) {
    this.events = stream === undefined ? log.events : log.stream(stream).events;
    const filter = options.getFilter();
    this.filter = filter === undefined ? EVERYTHING : filterOf(filter);
    this.checkpoints = filter !== undefined;
    this.response = stream === undefined ? eventInAll : eventInStream;
    this.live = new LiveEvents(log, this.filter, stream, outlet.signal);
    this.at = this.beginning(options);
  }

  async run(): Promise<never> {
    const confirmedAt = this.log.lastPosition;
    await this.outlet.send(confirmationResponse(randomUUID()));
    if (this.stream === undefined && comparePositions(this.at, confirmedAt) >= 0) await this.goLive();
    for (;;) {
      await this.catchUp();
      await this.goLive();
    }
  }

  close(): void {
    this.live.close();
  }

  /** The position after which the subscription begins. */
  private beginning(options: ReadReq.Options): Position {
    const all = options.getAll();
    const stream = options.getStream();
    if (all?.hasEnd() || stream?.hasEnd()) return this.log.lastPosition;
    if (stream?.hasRevision()) return this.events[Number(stream.getRevision())] ?? this.log.lastPosition;
    return positionOf(all?.getPosition()) ?? START;
  }

  private async catchUp(): Promise<void> {
    let from = this.at;
    let considered = 0;
    for (;;) {
      const page = this.page(from);
      for (const event of page.events) {
        if (comparePositions(event, this.at) <= 0) continue;
        await this.outlet.send(this.response(event));
        this.at = place(event);
      }
      considered += page.considered;
      if (page.end || considered >= this.filter.checkpointInterval) {
        considered %= this.filter.checkpointInterval;
        // A checkpoint is due after each interval, and before going live: at the page's start, or at the last event.
        if (comparePositions(this.at, from) < 0) this.at = from;
        await this.sendCheckpoint(this.at);
      }
      if (page.end) return;
      from = page.next;
    }
  }

  /** EventStore/EventStore src/EventStore.Core/Services/Storage/ReaderIndex/AllReader.cs */
  private page(from: Position): Page {
    const first = this.firstFrom(from);
    const events: StoredEvent[] = [];
    let index = first;
    while (events.length < READ_BATCH_SIZE && index - first < this.filter.window) {
      const event = this.events[index];
      if (event === undefined) break;
      if (this.filter.allows(event)) events.push(event);
      index += 1;
    }
    const end = events.length < READ_BATCH_SIZE && index - first < this.filter.window;
    return { events, considered: index - first, end, next: this.events[index - 1]?.next ?? from };
  }

  private firstFrom(from: Position): number {
    if (this.stream === undefined) return this.log.indexAt(from);
    const { absent, events, firstRevision } = this.log.stream(this.stream);
    return absent ? events.length : Math.max(indexAt(events, from), Number(firstRevision));
  }

  /** Returns when live events were lost. */
  private async goLive(): Promise<void> {
    await this.outlet.send(caughtUpResponse());
    for (;;) {
      const next = await this.live.next();
      if (next.event?.revision === DELETED_STREAM && this.stream !== undefined) throw streamDeleted(this.stream);
      if (next.event !== undefined && comparePositions(next.event, this.at) <= 0) continue;
      if (next.checkpoint !== undefined && comparePositions(next.checkpoint, this.at) < 0) continue;
      if (next.afterGap) {
        await this.outlet.send(fellBehindResponse());
        await this.sendCheckpoint(this.at);
        return;
      }
      if (next.event !== undefined) await this.outlet.send(this.response(next.event));
      else await this.sendCheckpoint(next.checkpoint);
      this.at = place(next.event ?? next.checkpoint);
    }
  }

  private async sendCheckpoint(checkpoint: Position): Promise<void> {
    if (!this.checkpoints || comparePositions(checkpoint, this.lastCheckpoint) <= 0) return;
    this.lastCheckpoint = checkpoint;
    await this.outlet.send(checkpointResponse(checkpoint));
  }
}

interface Page {
  readonly events: readonly StoredEvent[];
  readonly considered: number;
  readonly end: boolean;
  readonly next: Position;
}

type LiveItem = (
  | { readonly event: StoredEvent; readonly checkpoint?: undefined }
  | { readonly event?: undefined; readonly checkpoint: Position }
) & {
  readonly sequence: number;
};

/**
 * The live events of one subscription, with a checkpoint after every interval of examined events. EventStore/EventStore
 * src/EventStore.Core/Services/SubscriptionsService.cs (ProcessEventCommited)
 */
class LiveEvents {
  private readonly buffer: LiveItem[] = [];
  private readonly arrivals = new EventEmitter();
  private sequence = 0;
  private taken = 0;
  private considered = 0;
  readonly close: () => void;

  constructor(
    log: EventLog,
    private readonly filter: Filter,
    stream: string | undefined,
    private readonly signal: AbortSignal,
  ) {
    this.close = log.onEvent((event) => {
      if (stream === undefined || event.stream === stream) this.offer(event);
    });
  }

  /** Waits for the next one; `afterGap` when earlier ones were dropped. */
  async next(): Promise<LiveItem & { readonly afterGap: boolean }> {
    for (;;) {
      this.signal.throwIfAborted();
      const item = this.buffer.shift();
      if (item !== undefined) {
        const afterGap = item.sequence !== this.taken + 1;
        this.taken = item.sequence;
        return { ...item, afterGap };
      }
      await once(this.arrivals, 'arrival', { signal: this.signal }).catch(() => undefined);
    }
  }

  private offer(event: StoredEvent): void {
    if (this.filter.allows(event)) this.push({ event, sequence: ++this.sequence });
    this.considered += 1;
    if (this.considered >= this.filter.checkpointInterval) {
      this.considered = 0;
      this.push({ checkpoint: place(event), sequence: ++this.sequence });
    }
  }

  private push(item: LiveItem): void {
    this.buffer.push(item);
    if (this.buffer.length > MAX_LIVE_EVENT_BUFFER_COUNT) this.buffer.shift();
    this.arrivals.emit('arrival');
  }
}

function place({ commit, prepare }: Position): Position {
  return { commit, prepare };
}
