import type { ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { type ReadOptions, type RecordedEvent, StoreClosed, StoreUnavailable } from '../event-store';
import { type ClientLifecycle, Patience } from './client-lifecycle';
import type { Connection } from './connection';
import { EndedEarly, type Fault, faultOf, reasonOf, UnusableEventStore } from './errors';
import { Inbox } from './inbox';
import { streamRequest } from './requests';
import { bytesOf, eventOf, toEvent } from './responses';

/** The most events buffered for a reader that is slower than the server. */
const ROOM = 1_024;

/** What the server told about the end of the stream when the read ended. */
type Ending = 'not-found' | 'unsaid' | { readonly lastRevision: number };

/**
 * The events of one stream, each exactly once, however many calls it takes to read them.
 * @throws StoreUnavailable, also when the beginning of the stream is gone or the stream was deleted for ever;
 * StoreClosed.
 */
export async function* readStream(
  lifecycle: ClientLifecycle,
  stream: string,
  options: ReadOptions = {},
): AsyncGenerator<RecordedEvent> {
  const progress = new Progress(stream, options);
  const patience = new Patience(lifecycle, performance.now());
  let isSecondLook = false;
  while (!progress.isDone) {
    const connection = lifecycle.current;
    const inbox = new Inbox<ReadResp>(ROOM, bytesOf);
    const before = progress.left;
    try {
      const request = streamRequest(stream, { ...progress.range, ...(isSecondLook && { limit: 1 }) });
      inbox.open((handOver) => connection.read(request, handOver));
      let ending: Ending = 'unsaid';
      for (;;) {
        await inbox.wait(lifecycle.settings.callTimeout);
        if (inbox.over) break;
        for (const message of inbox.take(ROOM)) {
          const event = eventOf(message);
          if (event !== undefined) {
            progress.saw(Number(event.getStreamRevision()));
            yield toEvent(event, stream);
          } else if (message.hasStreamNotFound()) ending = 'not-found';
          else if (message.hasLastStreamPosition()) ending = { lastRevision: Number(message.getLastStreamPosition()) };
        }
        patience.renew();
      }
      // A second look requests only one event: if that came, the end of the call is not the end of the stream.
      if (isSecondLook && progress.left < before) {
        isSecondLook = false;
        continue;
      }
      if (progress.hasEnded(ending, isSecondLook)) return;
      isSecondLook = true;
    } catch (error) {
      if (lifecycle.isClosed) throw new StoreClosed();
      const fault = faultOf(error);
      if (fault.kind === 'not-found') return;
      if (fault.kind === 'deleted') {
        throw new StoreUnavailable(`Stream ${stream} was deleted for ever (tombstoned); nothing was read.`, error);
      }
      await toTryAgain(lifecycle, patience, { connection, fault, error });
      lifecycle.counters.readRetries += 1;
    } finally {
      // Also when the reader stops early: otherwise the client would go on reading.
      if (progress.left === 0) void inbox.leave(lifecycle.settings.callTimeout);
      else inbox.cancel();
    }
  }
}

/** Settles when the read may be tried again. @throws the error for the caller when it may not. */
export async function toTryAgain(
  lifecycle: ClientLifecycle,
  patience: Patience,
  failure: { readonly connection: Connection; readonly fault: Fault; readonly error: unknown },
): Promise<void> {
  const { connection, fault, error } = failure;
  if (fault.kind === 'denied') {
    throw new UnusableEventStore(`The event store cannot be used: ${fault.advice}; nothing was read.`, error);
  }
  if (fault.kind !== 'not-sent' && fault.kind !== 'maybe-sent') throw error;
  lifecycle.failed(connection, fault, error);
  if (await patience.pause()) return;
  if (lifecycle.isClosed) throw new StoreClosed();
  throw new StoreUnavailable(`The event store cannot serve now: ${reasonOf(error)}; nothing was read.`, error);
}

/** How far a read has come, so that it can continue after an interruption. */
class Progress {
  readonly #backwards: boolean;
  /** The next expected revision; undefined before the first event of a read from the end. */
  #next: number | undefined;
  #left: number;
  #sawAny = false;

  constructor(
    private readonly stream: string,
    { direction, from, limit }: ReadOptions,
  ) {
    this.#backwards = direction === 'backwards';
    this.#next = from ?? (this.#backwards ? undefined : 0);
    this.#left = limit ?? Number.MAX_SAFE_INTEGER;
  }

  get left(): number {
    return this.#left;
  }

  get isDone(): boolean {
    return this.#left === 0 || this.#next === -1;
  }

  /** What is still to be read. */
  get range(): { direction: 'forwards' | 'backwards'; from?: number; limit: number } {
    const direction = this.#backwards ? 'backwards' : 'forwards';
    return { direction, limit: this.#left, ...(this.#next !== undefined && { from: this.#next }) };
  }

  /** @throws StoreUnavailable if the beginning of the stream is missing, EndedEarly if an event in the middle is. */
  saw(revision: number): void {
    // A read backwards may start from a revision behind the end of the stream.
    const mayBegin = !this.#sawAny && this.#backwards && revision < (this.#next ?? Number.POSITIVE_INFINITY);
    if (revision !== this.#next && !mayBegin) {
      if (!this.#sawAny && !this.#backwards) throw truncated(this.stream, revision);
      throw new EndedEarly(`revision ${revision} of ${this.stream} came where ${this.#next} was due`);
    }
    this.#sawAny = true;
    this.#next = revision + (this.#backwards ? -1 : 1);
    this.#left -= 1;
  }

  /**
   * Whether a read that ended without a fault was complete. A premature end looks no different; but servers tell the
   * last revision of the stream, and with those that do not, a second look from that place shows it.
   * @throws EndedEarly, or StoreUnavailable if the beginning of the stream is missing.
   */
  hasEnded(ending: Ending, hasLookedTwice: boolean): boolean {
    if (ending === 'not-found' || this.isDone) return true;
    const isMissingSome = this.#sawAny ? this.#backwards : this.#next === undefined || this.#next === 0;
    if (ending !== 'unsaid') {
      if (this.#next === undefined || (!this.#backwards && this.#next > ending.lastRevision)) return true;
      if (this.#backwards) throw truncated(this.stream, this.#next + 1);
    } else if (!isMissingSome || this.#sawAny) {
      if (hasLookedTwice && isMissingSome) throw truncated(this.stream, (this.#next ?? 0) + 1);
      return hasLookedTwice;
    }
    throw new EndedEarly(`the read of ${this.stream} ended before its end`);
  }
}

/** Events deleted from the beginning of a stream are part of its history: the rest must not pass for the whole. */
const truncated = (stream: string, first: number): StoreUnavailable =>
  new StoreUnavailable(
    `Stream ${stream} begins at revision ${first}: its earlier events were deleted. Restore them, and set neither $maxCount, $maxAge nor $tb for it.`,
  );
