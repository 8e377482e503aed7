/** A value that JSON keeps as it is. */
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
  /** Null where a store does not tell it to those who read one stream. */
  readonly position: Position | null;
}

/** An event in the order of the whole log. */
export interface LoggedEvent extends RecordedEvent {
  readonly position: Position;
}

/** The data and the metadata of an event, as JSON. */
export interface JsonTexts {
  readonly data: string;
  readonly metadata: string;
}

/** An event of the log with its JSON as the text that is stored, over which its hash is. Nobody has looked whether it is JSON. */
export interface WrittenEvent extends Omit<LoggedEvent, 'data' | 'metadata'>, JsonTexts {}

/** A piece of the log, as it is written down. */
export interface WrittenBatch extends Omit<Batch, 'events'> {
  readonly events: readonly WrittenEvent[];
}

/** A piece of the log. */
export interface Batch {
  /** In log order. None when nothing but other applications' events came by. */
  readonly events: readonly LoggedEvent[];
  /** Everything up to here has been given: the last event, or a place behind it that needs not be looked at again. */
  readonly upTo: Position;
}

/**
 * A place in the order of the whole log: digits, at most 64 of them. Opaque; positions of
 * one store compare as strings: `a < b` means that `a` comes earlier.
 */
export type Position = string;

/** Before every event, in every store. */
export const START: Position = '';

/** The expected revision of a stream that must not exist yet. There is no "any": each append says what it builds on. */
export const NO_STREAM = -1;

/**
 * The largest append, in bytes of stored JSON. The same on every store, so that moving between them refuses nothing: a
 * little less than the MiB that EventStoreDB takes, since it counts the names of the events as well.
 */
export const MAXIMUM_APPEND_BYTES = 1_000_000;

export interface Appended {
  /** The revision of the last event of the append. */
  readonly revision: number;
  /** The position of the last event of the append, or a place behind it where the store does not tell. */
  readonly position: Position;
}

export interface ReadOptions {
  readonly direction?: 'forwards' | 'backwards';
  /** The first revision to read, itself included. Default: the first one forwards, the last one backwards. */
  readonly from?: number;
  /** At most so many events. */
  readonly limit?: number;
}

/** What was appended behind a position. */
export interface Changes {
  /** Where the streams that changed are now or were on the way, in log order; some of them where it is not `complete`. */
  readonly revisions: readonly Pick<RecordedEvent, 'stream' | 'revision'>[];
  /** Where the log ends, whoever wrote what is there; also where not all `revisions` up to there are given. */
  readonly upTo: Position;
  /** False when there is more than was asked for, or when the log is an older copy by now, which ends before. */
  readonly complete: boolean;
}

export interface SubscribeOptions {
  /** The last position seen already; `START` for everything. */
  readonly after: Position;
  /** Ends the subscription. */
  readonly signal?: AbortSignal;
  /** The largest number of events to be given at once. Default 1,000. */
  readonly batchSize?: number;
}

/** How often something went wrong between a store and its server, and was mended, since the store was opened. */
export interface StoreCounters {
  /** Appends that were sent once more. */
  readonly appendRetries: number;
  /** Reads that were begun anew or continued. */
  readonly readRetries: number;
  /** Subscriptions that were interrupted. */
  readonly drops: number;
  /** Clients that were thrown away. */
  readonly rebuilds: number;
}

/** Streams of events with optimistic concurrency and one global order. The port that each adapter implements. */
export abstract class EventStore {
  /**
   * Appends all the events or none, and returns once they are durable.
   * The same events (by id) appended again at the same expected revision answer as the first time.
   * @throws WrongExpectedRevision, AppendTooLarge, StoreUnavailable
   */
  abstract append(stream: string, expectedRevision: number, events: readonly EventToAppend[]): Promise<Appended>;

  /** The events of one stream; none when there is no such stream. */
  abstract read(stream: string, options?: ReadOptions): AsyncIterable<RecordedEvent>;

  /**
   * Every event after a position, in log order, first those stored and then those to come, without gap or repeat.
   * Given in batches: all that is there, up to `batchSize`. Ends only by the signal or by `close`.
   * @throws StoreUnavailable when it is interrupted; whoever follows begins again where it was.
   */
  abstract subscribe(options: SubscribeOptions): AsyncIterable<Batch>;

  /** The same, as it is written down: for those who verify it, or hand it on as it stands. */
  async *written(options: SubscribeOptions): AsyncIterable<WrittenBatch> {
    for await (const { events, upTo } of this.subscribe(options)) yield { events: events.map(writtenDown), upTo };
  }

  /**
   * Which streams were appended to after a position, so that what is remembered of the others is known to be true.
   * Strongly consistent: it sees every append that was answered, by any process, before it was asked.
   * @param limit events to look at, at most; with 0 it tells where the log ends, and whether that is where it was.
   */
  abstract changes(after: Position, limit: number): Promise<Changes>;

  /**
   * The position of the last event in the log; `START` when it is empty.
   * @param known a place that was given in this log before. A store that has to search for its last event among those of
   * others searches no further back, and answers this place when no event lies behind it. A log that ends before it is
   * an older copy, and the answer comes before this place as well.
   */
  abstract head(known?: Position): Promise<Position>;

  /** What `distance` is measured in: events where they can be told from positions alone, or else bytes of the log. */
  abstract readonly unit: 'events' | 'bytes';

  /** How much of the log lies after one position, up to and including another; for progress and lag. Reads nothing. */
  abstract distance(after: Position, upTo: Position): number;

  /** Null for a store that has no server. */
  get counters(): StoreCounters | null {
    return null;
  }

  /** Lets go of everything; may be called again. Calls under way are answered first. */
  abstract close(): Promise<void>;
}

/** An event as it is written down, of which only what it says is at hand: JSON has one text for that. */
export const writtenDown = <Event extends RecordedEvent>(
  event: Event,
): Omit<Event, 'data' | 'metadata'> & JsonTexts => ({
  ...event,
  data: JSON.stringify(event.data),
  metadata: JSON.stringify(event.metadata),
});

/** The event that is written down. @throws StoreUnavailable when its texts are no JSON. */
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

/** The stream is not at the revision that the append was decided upon. Nothing was written. */
export class WrongExpectedRevision extends Error {
  constructor(
    readonly stream: string,
    readonly expected: number,
    /** Where the stream really is; `NO_STREAM` when it does not exist. */
    readonly actual: number,
  ) {
    super(`Stream ${stream} was expected at revision ${expected} and is at ${actual}.`);
  }
}

/** Another try of the same request decides by now what becomes of it. Nothing was written. */
export class Overtaken extends Error {
  constructor() {
    super('Another try of this request has taken over; nothing was written.');
  }
}

/** The events of one append are larger than any store would take. Nothing was written. */
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

/** The store does not serve this process as it is set up; the message says in one line what to do. */
export class UnusableEventStore extends StoreUnavailable {}

/** The store was closed. */
export class StoreClosed extends StoreUnavailable {
  constructor() {
    super('The event store is closed; nothing was written.');
  }
}
