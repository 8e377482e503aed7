import {
  type AllStreamSubscription,
  EventStoreDBClient,
  jsonEvent,
  type JSONEventData,
  type Position,
  type StreamSubscription,
} from '@eventstore/db-client';
import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** The clients of one test, so that all of them are disposed. */
export class Clients {
  private readonly opened: EventStoreDBClient[] = [];

  open({ connectionString }: { readonly connectionString: string }): EventStoreDBClient {
    const client = EventStoreDBClient.connectionString(connectionString);
    this.opened.push(client);
    return client;
  }

  /** Does not wait long: a client whose batch call was ended by the server waits for it for ever. */
  async dispose(): Promise<void> {
    const disposed = this.opened.splice(0).map((client) => client.dispose());
    await Promise.race([Promise.all(disposed), sleep(500, undefined, { ref: false })]);
  }
}

export function numbered(number: number): JSONEventData {
  return jsonEvent({ type: 'Numbered', data: { number } });
}

export function range(from: number, to: number): JSONEventData[] {
  return Array.from({ length: to - from + 1 }, (_, index) => numbered(from + index));
}

/** The numbers of the events in a read. */
export async function numbersOf(
  events: AsyncIterable<{ readonly event?: { readonly data: unknown } | undefined }>,
): Promise<number[]> {
  const numbers: number[] = [];
  for await (const { event } of events) numbers.push((event?.data as { number: number }).number);
  return numbers;
}

/** What a subscription says, in order: the numbers of events, positions of checkpoints, and what became of it. */
export class Listener {
  readonly heard: (
    number | Position | 'confirmed' | 'caught up' | 'fell behind' | 'ended' | { readonly error: string }
  )[] = [];
  private readonly changes = new EventEmitter();

  /** For the options of a filter. */
  readonly checkpointReached = async (_subscription: unknown, position: Position): Promise<void> => this.hear(position);

  listen(subscription: AllStreamSubscription | StreamSubscription): this {
    const emitter: EventEmitter = subscription;
    emitter
      .on('confirmation', () => this.hear('confirmed'))
      .on('data', ({ event }: { readonly event: { readonly data: { readonly number: number } } }) =>
        this.hear(event.data.number),
      )
      .on('caughtUp', () => this.hear('caught up'))
      .on('fellBehind', () => this.hear('fell behind'))
      .on('end', () => this.hear('ended'))
      .on('error', (error: { readonly type?: string; readonly message: string }) =>
        this.hear({ error: error.type ?? error.message }),
      );
    return this;
  }

  /** The numbers of the events heard so far. */
  get numbers(): number[] {
    return this.heard.filter((said) => typeof said === 'number');
  }

  get checkpoints(): Position[] {
    return this.heard.filter((said): said is Position => typeof said === 'object' && 'commit' in said);
  }

  async until(condition: (listener: this) => boolean): Promise<void> {
    while (!condition(this)) await once(this.changes, 'heard');
  }

  private hear(said: (typeof this.heard)[number]): void {
    this.heard.push(said);
    this.changes.emit('heard');
  }
}
