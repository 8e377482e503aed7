/** A value that JSON represents exactly. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** An event on its way into a stream. Its id is fixed before the first try, so that a retry is recognised. */
export interface EventToAppend {
  /** A UUID. */
  readonly id: string;
  /** The stored name of the event, in the past tense. */
  readonly type: string;
  /** What happened: facts of the domain. */
  readonly data: JsonObject;
  /** Who, when and why. */
  readonly metadata: JsonObject;
}

/** An event as the store keeps it. */
export interface RecordedEvent extends EventToAppend {
  readonly stream: string;
  /** The place in its stream, counted from 0 without gaps. */
  readonly revision: number;
  /** Null when the store does not tell positions to readers of a single stream. */
  readonly position: Position | null;
}

/** An event in the order of the whole log. */
export interface LoggedEvent extends RecordedEvent {
  readonly position: Position;
}

/** The data and the metadata of an event as JSON text. */
export interface JsonTexts {
  readonly data: string;
  readonly metadata: string;
}

/** An event of the log with its JSON as stored text, which is what the hash covers. Not checked to be JSON. */
export interface WrittenEvent extends Omit<LoggedEvent, 'data' | 'metadata'>, JsonTexts {}

/** A piece of the log, with its events as stored text. */
export interface WrittenBatch extends Omit<Batch, 'events'> {
  readonly events: readonly WrittenEvent[];
}

/** A piece of the log. */
export interface Batch {
  /** In log order. Empty if only events of other applications were passed. */
  readonly events: readonly LoggedEvent[];
  /**
   * Everything up to here has been given: the last event's position, or one behind it that need not be looked at again.
   */
  readonly upTo: Position;
}

/**
 * A place in the order of the whole log: digits, at most 64 of them. Opaque; positions of
 * one store compare as strings: `a < b` means that `a` comes earlier.
 */
export type Position = string;

/** Before every event, in every store. */
export const START: Position = '';

/** The expected revision of a stream that must not exist yet. There is no "any": an append names what it builds on. */
export const NO_STREAM = -1;

/**
 * The largest append, in bytes of stored JSON. The same on every store, so that moving between them refuses nothing: a
 * little less than the MiB that EventStoreDB takes, which also counts the names of the events.
 */
export const MAXIMUM_APPEND_BYTES = 1_000_000;

export interface Appended {
  /** The revision of the last event of the append. */
  readonly revision: number;
  /** The position of the last event of the append, or one behind it if the store does not tell. */
  readonly position: Position;
}

export interface ReadOptions {
  readonly direction?: 'forwards' | 'backwards';
  /** The first revision to read, itself included. Default: the first one forwards, the last one backwards. */
  readonly from?: number;
  /** The most events to read. */
  readonly limit?: number;
}

/** What was appended behind a position. */
export interface Changes {
  /**
   * The streams that changed, each with a revision it has now or had on the way, in log order. Only some of them when
   * not `complete`.
   */
  readonly revisions: readonly Pick<RecordedEvent, 'stream' | 'revision'>[];
  /** Where the log ends, whoever wrote its last events; also when `revisions` do not reach that far. */
  readonly upTo: Position;
  /** False when there are more changes than were asked for, or when the log is now an older, shorter copy. */
  readonly complete: boolean;
}

export interface SubscribeOptions {
  /** The last position seen already; `START` for everything. */
  readonly after: Position;
  /** Ends the subscription. */
  readonly signal?: AbortSignal;
  /** The most events in one batch. Default 1,000. */
  readonly batchSize?: number;
}

/** How often a fault between a store and its server was recovered from, since the store was opened. */
export interface StoreCounters {
  /** Appends that were sent once more. */
  readonly appendRetries: number;
  /** Reads that were restarted or continued. */
  readonly readRetries: number;
  /** Subscriptions that were interrupted. */
  readonly drops: number;
  /** Clients that were replaced. */
  readonly rebuilds: number;
}

/** Streams of events with optimistic concurrency and one global order. The port that each adapter implements. */
export abstract class EventStore {
  /**
   * Appends all the events or none, and returns once they are durable. Appending the same events (by id) again at the
   * same expected revision gives the same answer as the first time.
   * @throws WrongExpectedRevision, AppendTooLarge, StoreUnavailable
   */
  abstract append(stream: string, expectedRevision: number, events: readonly EventToAppend[]): Promise<Appended>;

  /** The events of one stream; none when there is no such stream. */
  abstract read(stream: string, options?: ReadOptions): AsyncIterable<RecordedEvent>;

  /**
   * Every event after a position, in log order, first those stored and then those to come, without gap or repeat. Given
   * in batches: all that is there, up to `batchSize`. Ends only by the signal or by `close`.
   * @throws StoreUnavailable when it is interrupted; the caller subscribes again from the last position it was given.
   */
  abstract subscribe(options: SubscribeOptions): AsyncIterable<Batch>;

  /** Like `subscribe`, with the events as stored text: for verifying them, or passing them on unchanged. */
  async *written(options: SubscribeOptions): AsyncIterable<WrittenBatch> {
    for await (const { events, upTo } of this.subscribe(options)) yield { events: events.map(writtenDown), upTo };
  }

  /**
   * Which streams were appended to after a position, so that what is remembered of the others is known to be current.
   * Strongly consistent: it sees every append, by any process, that was answered before this was called.
   * @param limit the most events to look at; with 0 it only tells where the log ends, and whether that is still the
   * position.
   */
  abstract changes(after: Position, limit: number): Promise<Changes>;

  /**
   * The position of the last event in the log; `START` when it is empty.
   * @param known a position given earlier by this log. A store that has to search for its last event among those of
   * other applications searches no further back, and returns this position if no event lies behind it. If the log ends
   * before it, the log is an older copy, and the position returned comes before this one too.
   */
  abstract head(known?: Position): Promise<Position>;

  /** The unit of `distance`: events if they can be counted from positions alone, otherwise bytes of the log. */
  abstract readonly unit: 'events' | 'bytes';

  /** How much of the log lies after one position, up to and including another; for progress and lag. Reads nothing. */
  abstract distance(after: Position, upTo: Position): number;

  /** Null for a store that has no server. */
  get counters(): StoreCounters | null {
    return null;
  }

  /** Releases all resources, after the calls under way are answered. May be called again. */
  abstract close(): Promise<void>;
}

/** An event as stored text, made from its parsed form: our JSON has exactly one text for each value. */
export const writtenDown = <Event extends RecordedEvent>(
  event: Event,
): Omit<Event, 'data' | 'metadata'> & JsonTexts => ({
  ...event,
  data: JSON.stringify(event.data),
  metadata: JSON.stringify(event.metadata),
});

/** Parses the stored text of an event. @throws StoreUnavailable when it is no JSON. */
export function eventIn(written: WrittenEvent): LoggedEvent {
  const { stream, revision, id, type, position } = written;
  try {
    const data = JSON.parse(written.data) as JsonObject;
    const metadata = JSON.parse(written.metadata) as JsonObject;
    return { stream, revision, id, type, data, metadata, position };
  } catch (error) {
    const where = `${stream}@${revision} (position ${position})`;
    throw new StoreUnavailable(`The event log is damaged at ${where}: restore it from a back-up.`, error);
  }
}

/** The stream is not at the revision that the append expected. Nothing was written. */
export class WrongExpectedRevision extends Error {
  constructor(
    readonly stream: string,
    readonly expected: number,
    /** The revision of the stream; `NO_STREAM` when it does not exist. */
    readonly actual: number,
  ) {
    super(`Stream ${stream} was expected at revision ${expected} and is at ${actual}.`);
  }
}

/** A later try of the same request has taken over its outcome. Nothing was written. */
export class Overtaken extends Error {
  constructor() {
    super('Another try of this request has taken over; nothing was written.');
  }
}

/** The events of one append are larger than any store accepts. Nothing was written. */
export class AppendTooLarge extends Error {
  constructor(
    readonly stream: string,
    readonly bytes: number,
  ) {
    super(`An append of ${bytes} bytes to ${stream} exceeds the limit of ${MAXIMUM_APPEND_BYTES} bytes.`);
  }
}

/** The store cannot serve now. Whether an append was written is unknown unless the message says so. */
export class StoreUnavailable extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
  }
}

/** The store cannot be used as this process is configured; the message says in one line what to do. */
export class UnusableEventStore extends StoreUnavailable {}

/** The store was closed. */
export class StoreClosed extends StoreUnavailable {
  constructor() {
    super('The event store is closed; nothing was written.');
  }
}
