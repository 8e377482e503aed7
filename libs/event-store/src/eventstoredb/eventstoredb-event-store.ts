import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type Appended,
  type Batch,
  type Changes,
  EventStore,
  type EventToAppend,
  type Position,
  type ReadOptions,
  type RecordedEvent,
  StoreClosed,
  type StoreCounters,
  type SubscribeOptions,
} from '../event-store';
import { Appends } from './append';
import { changesAfter } from './changes';
import { ClientLifecycle, type Log } from './client-lifecycle';
import { Connection } from './connection';
import { Horizon } from './horizon';
import { clientSettings, type EventStoreDbOptions, settingsOf } from './options';
import { bytesBetween } from './positions';
import { readStream } from './read';
import { toStored } from './stored-form';
import { follow } from './subscription';

/**
 * The event store in EventStoreDB or KurrentDB. The constructor connects to nothing: if the server is down, the first
 * call finds out, and retries for a while before it fails.
 */
export class EventStoreDbEventStore extends EventStore {
  readonly #lifecycle: ClientLifecycle;
  readonly #appends: Appends;
  readonly #horizon: Horizon;
  readonly #searching = new Set<Promise<Position>>();
  #closed: Promise<void> | undefined;

  /**
   * @param log is told when a client is replaced and when a subscription is interrupted.
   * @throws UnusableEventStore when the URL, or a certificate that it names, cannot be used.
   */
  constructor(options: EventStoreDbOptions, log?: Log) {
    super();
    const settings = settingsOf(options);
    const client = clientSettings(options.url);
    this.#lifecycle = new ClientLifecycle(settings, log, () => new Connection(client));
    this.#horizon = new Horizon(this.#lifecycle);
    this.#appends = new Appends(this.#lifecycle, () => this.#horizon.head());
    // Every subscription adds a listener.
    setMaxListeners(0, this.#lifecycle.closing);
  }

  override get counters(): StoreCounters {
    return this.#lifecycle.counters;
  }

  override async append(stream: string, expectedRevision: number, events: readonly EventToAppend[]): Promise<Appended> {
    if (this.#closed) throw new StoreClosed();
    const { streamPrefixes } = this.#lifecycle.settings;
    if (!streamPrefixes.some((prefix) => stream.startsWith(prefix))) {
      throw new RangeError(
        `Stream ${stream} would not be followed: its name begins with none of ${streamPrefixes.join()}.`,
      );
    }
    const appended = await this.#appends.append(toStored(stream, expectedRevision, events));
    this.#horizon.saw(appended.position);
    return appended;
  }

  override async *read(stream: string, options?: ReadOptions): AsyncGenerator<RecordedEvent> {
    if (this.#closed) throw new StoreClosed();
    yield* readStream(this.#lifecycle, stream, options);
  }

  override async *subscribe(options: SubscribeOptions): AsyncGenerator<Batch> {
    if (this.#closed) throw new StoreClosed();
    yield* follow(this.#lifecycle, this.#horizon, options);
  }

  override async changes(after: Position, limit: number): Promise<Changes> {
    if (this.#closed) throw new StoreClosed();
    return changesAfter(this.#lifecycle, after, limit);
  }

  override async head(known?: Position): Promise<Position> {
    if (this.#closed) throw new StoreClosed();
    const searching = this.#horizon.head(known);
    const settled = (): unknown => this.#searching.delete(searching);
    this.#searching.add(searching);
    searching.then(settled, settled);
    return searching;
  }

  override readonly unit = 'bytes';

  override distance(after: Position, upTo: Position): number {
    return bytesBetween(after, upTo);
  }

  override close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    const waiting = new AbortController();
    const longest = delay(this.#lifecycle.settings.callTimeout, undefined, { signal: waiting.signal });
    await Promise.race([Promise.allSettled([this.#appends.idle(), ...this.#searching]), longest]);
    waiting.abort();
    await longest.catch(() => undefined);
    await this.#lifecycle.close();
  }
}
