import { AppendTooLarge, type Appended, type Position, StoreUnavailable, WrongExpectedRevision } from '../event-store';
import { Gate } from '../gate';
import { BatchAppend } from './batch-append';
import { type ClientLifecycle, Patience } from './client-lifecycle';
import type { Connection } from './connection';
import { type Fault, faultOf, isUnknownCall, reasonOf, UnusableEventStore } from './errors';
import { plainAppend } from './plain-append';
import { readStream } from './read';
import type { AppendAnswer, StoredAppend } from './stored-form';

/**
 * Sends each append until it is answered. Every try has the same ids and expected revision, so the server recognises
 * what it has already stored, and a lost answer costs only time.
 */
export class Appends {
  readonly #batches = new WeakMap<Connection, BatchAppend>();
  /** Connections to servers that know no batch appends. */
  readonly #withoutBatches = new WeakSet<Connection>();
  readonly #gate: Gate;

  constructor(
    private readonly lifecycle: ClientLifecycle,
    private readonly head: () => Promise<Position>,
  ) {
    this.#gate = new Gate(lifecycle.settings);
  }

  /**
   * @throws WrongExpectedRevision, AppendTooLarge, or StoreUnavailable, whose message says whether it may have been
   * written.
   */
  async append(append: StoredAppend): Promise<Appended> {
    const entering = this.#gate.enter(append.bytes);
    if (entering !== undefined) await entering;
    try {
      return await this.#untilAnswered(append);
    } finally {
      this.#gate.leave(append.bytes);
    }
  }

  /** Settles once nothing is under way. */
  idle(): Promise<void> {
    return this.#gate.idle();
  }

  async #untilAnswered(append: StoredAppend): Promise<Appended> {
    const began = performance.now();
    let patience: Patience | undefined;
    let maybeWritten = false;
    for (;;) {
      const connection = this.lifecycle.current;
      let fault: Fault;
      let error: unknown;
      try {
        return await this.#located(await this.#send(connection, append));
      } catch (caught) {
        error = caught;
        fault = faultOf(error);
      }
      if (fault.kind === 'conflict') return this.#appendedBefore(append, fault.actual);
      if (fault.kind === 'too-large') throw new AppendTooLarge(append.stream, append.bytes);
      if (fault.kind === 'deleted' || fault.kind === 'not-found') throw deleted(append.stream, error);
      if (fault.kind === 'bug') throw error;
      maybeWritten ||= fault.kind === 'maybe-sent';
      if (fault.kind === 'denied') throw new UnusableEventStore(denied(fault.advice, append, maybeWritten), error);
      this.lifecycle.failed(connection, fault, error);
      patience ??= new Patience(this.lifecycle, began);
      if (!(await patience.pause())) throw unavailable(append, maybeWritten, error);
      this.lifecycle.counters.appendRetries += 1;
    }
  }

  /** Servers before 21.10 know no batch appends; one that refuses the call has written nothing. */
  async #send(connection: Connection, append: StoredAppend): Promise<AppendAnswer> {
    const { callTimeout } = this.lifecycle.settings;
    if (!this.#withoutBatches.has(connection)) {
      try {
        return await this.#batchOf(connection).append(append, callTimeout);
      } catch (error) {
        if (!isUnknownCall(error)) throw error;
        this.#withoutBatches.add(connection);
      }
    }
    return plainAppend(connection, append, callTimeout);
  }

  #batchOf(connection: Connection): BatchAppend {
    let batch = this.#batches.get(connection);
    if (batch === undefined) this.#batches.set(connection, (batch = new BatchAppend(connection)));
    return batch;
  }

  /**
   * The server recognises most appends that it has seen before. For the rest, the stream itself shows whether its
   * events are ours.
   */
  async #appendedBefore({ stream, expectedRevision, events }: StoredAppend, actual: number): Promise<Appended> {
    const conflict = new WrongExpectedRevision(stream, expectedRevision, actual);
    if (actual < expectedRevision + events.length) throw conflict;
    let found = 0;
    let position: Position | null = null;
    const range = { from: expectedRevision + 1, limit: events.length };
    for await (const recorded of readStream(this.lifecycle, stream, range)) {
      if (recorded.id.toLowerCase() !== events[found]?.id.toLowerCase()) throw conflict;
      found += 1;
      position = recorded.position;
    }
    if (found < events.length) throw conflict;
    return this.#located({ revision: expectedRevision + events.length, position });
  }

  /** If the server does not tell the position, one behind it serves a caller that waits for it just as well. */
  async #located({ revision, position }: AppendAnswer): Promise<Appended> {
    return { revision, position: position ?? (await this.head()) };
  }
}

const deleted = (stream: string, cause: unknown): StoreUnavailable =>
  new StoreUnavailable(`Stream ${stream} was deleted for ever and takes no more events; nothing was written.`, cause);

const denied = (advice: string, { stream }: StoredAppend, maybeWritten: boolean): string =>
  `The event store cannot be used: ${advice}; ${effectOn(stream, maybeWritten)}.`;

const unavailable = ({ stream }: StoredAppend, maybeWritten: boolean, cause: unknown): StoreUnavailable =>
  new StoreUnavailable(
    `The event store cannot serve now: ${reasonOf(cause)}; ${effectOn(stream, maybeWritten)}.`,
    cause,
  );

const effectOn = (stream: string, maybeWritten: boolean): string =>
  maybeWritten
    ? `whether the append to ${stream} was written is not known, and appending the same events again tells`
    : 'nothing was written';
