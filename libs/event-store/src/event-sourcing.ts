import { LRUCache } from 'lru-cache';
import {
  type Appended,
  type EventStore,
  type EventToAppend,
  NO_STREAM,
  type Position,
  type RecordedEvent,
  StoreUnavailable,
  WrongExpectedRevision,
} from './event-store';
import { AppendsBeside, type Beside } from './beside';
import { Currency } from './currency';
import { chained, hashOf } from './hash-chain';
import { type RecordedRequest, RecordedRequests, type RequestSought } from './recorded-requests';

/** What makes an aggregate of a stream: pure functions and the stored form of its events. */
export interface EventSourced<State, Event> {
  readonly initial: State;
  readonly evolve: (state: State, event: Event) => State;
  /** @throws when the stored event is of a type or version that this code does not know. */
  readonly decode: (recorded: RecordedEvent) => Event;
  /** The request that an event records; null when it names none that could be repeated. */
  readonly requestOf: (event: EventToAppend) => RecordedRequest | null;
  /**
   * Whether the state after this event depends only on the first event and this one, whatever happened in between, so
   * that a long stream need not be read whole. When this is left out, no event settles the state.
   */
  readonly settles?: (event: Event) => boolean;
}

/** A stream folded up to a revision. */
export interface Folded<State> {
  readonly state: State;
  /** `NO_STREAM` when nothing was ever recorded. */
  readonly revision: number;
  /** The hash of the last event; null before the first. */
  readonly hash: string | null;
  /** The position of the last event; null before the first, and where the store does not tell it. */
  readonly position: Position | null;
}

/** A view of the log, taken at one moment. */
export interface Look<State> {
  /** Equal to that of an earlier look if nothing was appended in between. */
  readonly version: number;
  /** Folds streams as they were at that moment, or as they are by now. */
  readonly of: (streams: readonly string[]) => Promise<Folded<State>[]>;
}

export interface TransactOptions<Event> {
  /** Gives the stored form, with an id of its own. */
  readonly encode: (event: Event) => EventToAppend;
  /**
   * The request that this command carries out. If the stream has recorded it already, the state that it left is
   * returned and nothing is decided: the log itself makes a retried request take effect once.
   */
  readonly request?: RequestSought | undefined;
  /**
   * Assume that the stream is new until the append says otherwise. For commands that begin a stream; saves reading a
   * stream that hardly ever exists.
   */
  readonly presumeNew?: boolean | undefined;
  /**
   * Called right before each append, since the process may have been suspended for any length of time since it began.
   * @throws Overtaken
   */
  readonly unlessOvertaken?: (() => Promise<void>) | undefined;
  /** What the events refer to and the log does not hold. Untouched if nothing is to be appended. */
  readonly beside?: Beside | undefined;
  /** Decide, but write nothing. */
  readonly dryRun?: boolean | undefined;
}

/** After this many lost races for one stream, the caller is asked to try again later. */
const MAXIMUM_ATTEMPTS = 100;

/** The number of streams whose last state is kept. It is never trusted: the append's expected revision decides. */
const REMEMBERED_STREAMS = 10_000;
/** The most that is kept of all those streams together, counted in states and requests. */
const REMEMBERED_IN_ALL = 50_000;

/**
 * A caller that asks for at least this many streams looks at the log at once and does not wait to share a look: for it,
 * the look is a small part of the work.
 */
const MANY_AT_ONCE = 16;

/** The last event of a stream nearly always settles its state; otherwise this many before it are read at once. */
const SETTLED_WITHIN = 16;

interface Remembered<State> {
  readonly folded: Folded<State>;
  readonly requests: RecordedRequests;
  /** See `Known`. */
  readonly knownAt: number;
}

/** Carries every command to the log: read, fold, decide, append. */
export class EventSourcing<State, Event> {
  readonly #cache = new LRUCache<string, Remembered<State>>({
    max: REMEMBERED_STREAMS,
    maxSize: REMEMBERED_IN_ALL,
    sizeCalculation: ({ requests }) => 1 + requests.size,
  });

  readonly #currency: Currency;
  /** The streams that are being read on behalf of looks. */
  readonly #reading = new Map<string, { readonly knownAt: number; readonly folded: Promise<Folded<State>> }>();

  constructor(
    private readonly store: EventStore,
    private readonly aggregate: EventSourced<State, Event>,
  ) {
    this.#currency = new Currency(store);
  }

  /**
   * Decides on the present state and appends what was decided. After a lost race it reads and decides again.
   * @returns the state after the events; with `dryRun`, the state as it would be.
   * @throws what `decide` throws, once it is certain that it saw the present state; what `beside.keep` throws;
   * Overtaken; StoreUnavailable.
   */
  async transact(
    stream: string,
    decide: (state: State, revision: number) => readonly Event[],
    options: TransactOptions<Event>,
  ): Promise<Folded<State>> {
    const { beside } = options;
    if (beside === undefined) return this.#transact(stream, decide, options, (append) => append());
    const appends = new AppendsBeside(beside);
    try {
      return await this.#transact(stream, decide, options, (append) => appends.append(append));
    } finally {
      await appends.settle();
    }
  }

  async #transact(
    stream: string,
    decide: (state: State, revision: number) => readonly Event[],
    options: TransactOptions<Event>,
    appending: (append: () => Promise<Appended>) => Promise<Appended>,
  ): Promise<Folded<State>> {
    const { dryRun = false } = options;
    const request = dryRun ? undefined : options.request;
    for (let attempt = 1; attempt <= MAXIMUM_ATTEMPTS; attempt += 1) {
      // A dry run has no append that would reveal an outdated remembered state.
      const remembered = dryRun ? undefined : this.#remembered(stream, options.presumeNew === true && attempt === 1);
      const told = remembered && request ? remembered.requests.find(request) : null;
      const trusted = told === 'unsure' ? undefined : remembered;
      const { current, answeredAt } =
        trusted && told !== 'unsure' ? { current: trusted, answeredAt: told } : await this.#read(stream, request);
      if (answeredAt !== null) return this.#answered(stream, answeredAt);
      const before = current.folded;
      let events: readonly Event[];
      try {
        events = decide(before.state, before.revision);
      } catch (refusal) {
        // A refusal based on a remembered state may be out of date: only the log can refuse.
        if (trusted === undefined || !(await this.#hasMovedOn(stream, before))) throw refusal;
        continue;
      }
      // Like a refusal, "nothing to do" is certain only when the log confirms it.
      if (events.length === 0 && trusted !== undefined && (await this.#hasMovedOn(stream, before))) continue;
      if (dryRun || events.length === 0) return this.#after(before, events, []);
      const recorded = this.#chain(stream, before, events.map(options.encode));
      const knownAt = this.#currency.now;
      try {
        const appended = await appending(async () => {
          if (options.unlessOvertaken !== undefined) await options.unlessOvertaken();
          return this.store.append(stream, before.revision, recorded);
        });
        const folded = this.#after(before, events, recorded, appended);
        recorded.forEach((event, index) => this.#note(current.requests, event, before.revision + 1 + index));
        this.#cache.set(stream, { folded, requests: current.requests, knownAt });
        return folded;
      } catch (error) {
        this.#cache.delete(stream);
        if (!(error instanceof WrongExpectedRevision)) throw error;
      }
    }
    throw new StoreUnavailable(`Too many writers at once on ${stream}; nothing was written.`);
  }

  /**
   * Looks at the log: sees every append, by any process, that was answered before this call.
   * @param streams how many streams will be asked for.
   */
  async look(streams: number): Promise<Look<State>> {
    await this.#currency.refresh(streams >= MANY_AT_ONCE);
    // Taken before anything is read: what is read while another look runs may be older than what that look sees.
    const { version } = this.#currency;
    return { version, of: (asked) => this.#seen(asked) };
  }

  /** Uses the remembered states that the look has shown to be current, and reads the others. */
  async #seen(streams: readonly string[]): Promise<Folded<State>[]> {
    const proven = streams.map((stream) => this.#proven(stream));
    if (proven.every((folded) => folded !== null)) return proven;
    return Promise.all(streams.map(async (stream, index) => proven[index] ?? this.#readOnce(stream)));
  }

  /**
   * Reads a stream, or joins a read that is under way. A read that began after the last look at the log is recent
   * enough for this caller; an older one may have missed appends that the caller must see.
   */
  async #readOnce(stream: string): Promise<Folded<State>> {
    const { now } = this.#currency;
    const other = this.#reading.get(stream);
    if (other?.knownAt === now) return other.folded;
    const reading = { knownAt: now, folded: this.#readNow(stream) };
    this.#reading.set(stream, reading);
    try {
      return await reading.folded;
    } finally {
      if (this.#reading.get(stream) === reading) this.#reading.delete(stream);
    }
  }

  /** The remembered state, if the last look showed it to be current. */
  #proven(stream: string): Folded<State> | null {
    const known = this.#cache.get(stream);
    if (known === undefined) return null;
    const { folded, knownAt } = known;
    return this.#currency.holds(stream, { revision: folded.revision, knownAt }) ? folded : null;
  }

  /** Reads only the events on which the state depends: the same state as folding the whole stream, at any length. */
  async #readNow(stream: string): Promise<Folded<State>> {
    const { settles } = this.aggregate;
    if (settles === undefined) return (await this.#read(stream, undefined)).current.folded;
    const knownAt = this.#currency.now;
    const [first, last] = await Promise.all([this.#firstOf(stream), this.#lastOf(stream, settles)]);
    const isWhole = first === null || last[0] === undefined || last[0].revision <= 1;
    // If the stream was begun between these two reads, only its end is known; when this was asked, it did not exist.
    const events = first === null ? [] : last[0]?.revision === 0 ? last : [first, ...last];
    const folded = events.reduce((before, event) => this.#fold(before, event), this.#nothing);
    const requests = isWhole ? new RecordedRequests() : RecordedRequests.ofSome();
    for (const event of events) this.#note(requests, event, event.revision);
    this.#cache.set(stream, { folded, requests, knownAt });
    return folded;
  }

  async #firstOf(stream: string): Promise<RecordedEvent | null> {
    for await (const first of this.store.read(stream, { limit: 1 })) return first;
    return null;
  }

  /** The last events of a stream, oldest first: back to one that settles the state, or all of them. */
  async #lastOf(stream: string, settles: (event: Event) => boolean): Promise<RecordedEvent[]> {
    const last: RecordedEvent[] = [];
    for (;;) {
      const [oldest] = last;
      const from = oldest === undefined ? {} : { from: oldest.revision - 1 };
      const limit = oldest === undefined ? 1 : SETTLED_WITHIN;
      for await (const event of this.store.read(stream, { direction: 'backwards', ...from, limit })) {
        last.unshift(event);
        if (settles(this.aggregate.decode(event))) return last;
      }
      if (last[0] === oldest) return last;
    }
  }

  /** The state that a request left when it was carried out earlier. */
  async #answered(stream: string, at: number): Promise<Folded<State>> {
    const folded = await this.load(stream, ({ revision }) => revision <= at);
    return { ...folded, position: folded.position ?? (await this.store.head()) };
  }

  /** The stream folded to its end, or as long as `until` accepts the next event. */
  async load(stream: string, until: (event: RecordedEvent) => boolean = () => true): Promise<Folded<State>> {
    const [folded = this.#nothing] = await this.loadEach(stream, [until]);
    return folded;
  }

  /** Folds the stream to several ends in one read. */
  async loadEach(stream: string, untils: readonly ((event: RecordedEvent) => boolean)[]): Promise<Folded<State>[]> {
    const ends = untils.map((until) => ({ until, folded: this.#nothing }));
    let open = ends;
    let folded = this.#nothing;
    for await (const event of this.store.read(stream)) {
      open = open.filter(({ until }) => until(event));
      if (open.length === 0) break;
      folded = this.#fold(folded, event);
      for (const end of open) end.folded = folded;
    }
    return ends.map((end) => end.folded);
  }

  #remembered(stream: string, presumeNew: boolean): Remembered<State> | undefined {
    const known = this.#cache.get(stream);
    return known ?? (presumeNew ? { folded: this.#nothing, requests: new RecordedRequests(), knownAt: 0 } : undefined);
  }

  /** Folds the whole stream, and finds the revision at which it recorded the request; null if it did not. */
  async #read(
    stream: string,
    request: RequestSought | undefined,
  ): Promise<{ current: Remembered<State>; answeredAt: number | null }> {
    const requests = new RecordedRequests();
    const knownAt = this.#currency.now;
    let folded = this.#nothing;
    let answeredAt: number | null = null;
    for await (const event of this.store.read(stream)) {
      folded = this.#fold(folded, event);
      const noted = this.#note(requests, event, event.revision);
      if (request && noted?.marker === request.marker && noted.at >= request.since) answeredAt = event.revision;
    }
    const current = { folded, requests, knownAt };
    this.#cache.set(stream, current);
    return { current, answeredAt };
  }

  #note(requests: RecordedRequests, event: EventToAppend, revision: number): RecordedRequest | null {
    const request = this.aggregate.requestOf(event);
    if (request) requests.add(request, revision);
    return request;
  }

  async #hasMovedOn(stream: string, folded: Folded<State>): Promise<boolean> {
    for await (const _ of this.store.read(stream, { from: folded.revision + 1, limit: 1 })) {
      this.#cache.delete(stream);
      return true;
    }
    return false;
  }

  get #nothing(): Folded<State> {
    return { state: this.aggregate.initial, revision: NO_STREAM, hash: null, position: null };
  }

  #fold(folded: Folded<State>, recorded: RecordedEvent): Folded<State> {
    return {
      state: this.aggregate.evolve(folded.state, this.aggregate.decode(recorded)),
      revision: recorded.revision,
      hash: hashOf(recorded),
      position: recorded.position,
    };
  }

  #chain(stream: string, before: Folded<State>, events: readonly EventToAppend[]): EventToAppend[] {
    let { revision, hash } = before;
    return events.map((event) => {
      revision += 1;
      const link = chained(event, stream, revision, hash);
      hash = link.metadata.hash;
      return link;
    });
  }

  #after(
    before: Folded<State>,
    events: readonly Event[],
    recorded: readonly EventToAppend[],
    appended?: Appended,
  ): Folded<State> {
    const last = recorded.at(-1);
    return {
      state: events.reduce(this.aggregate.evolve, before.state),
      revision: appended?.revision ?? before.revision,
      hash: last ? hashOf(last) : before.hash,
      position: appended?.position ?? before.position,
    };
  }
}
