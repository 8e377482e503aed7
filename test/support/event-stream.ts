import { EventSource } from 'eventsource';

/** One message of a stream of server-sent events. */
export interface StreamMessage {
  readonly id: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly data: any;
}

/** An open stream, with the messages so far. */
export interface Listening {
  readonly messages: readonly StreamMessage[];
  /** Resolves once this many messages have arrived. */
  came(count: number): Promise<readonly StreamMessage[]>;
  /** Resolves once the stream has begun, with the cursor of its start. */
  readonly began: Promise<string>;
  /** Resolves with the status once the client is told not to come back. */
  readonly refused: Promise<number | undefined>;
  close(): void;
}

/** Listens to the feed as a browser would, reconnecting whenever it is disconnected. */
export function listen(url: string, key: string, lastEventId?: string): Listening {
  const messages: StreamMessage[] = [];
  const waiting = new Set<() => void>();
  const began = Promise.withResolvers<string>();
  const refused = Promise.withResolvers<number | undefined>();
  let resumeFrom = lastEventId;
  const source = new EventSource(`${url}/api/v1/connect/events/stream`, {
    fetch: (input, init) => {
      const headers = { ...init.headers, authorization: `Bearer ${key}` } as Record<string, string>;
      // A new listener that continues where another one stopped.
      if (resumeFrom !== undefined && !('Last-Event-ID' in headers)) headers['last-event-id'] = resumeFrom;
      resumeFrom = undefined;
      return fetch(input, { ...init, headers });
    },
  });
  source.addEventListener('start', ({ lastEventId: id }: MessageEvent) => began.resolve(id));
  source.addEventListener('message', ({ lastEventId: id, data }) => {
    messages.push({ id, data: JSON.parse(String(data)) });
    for (const look of waiting) look();
  });
  source.addEventListener('error', (event) => {
    if (source.readyState === source.CLOSED) refused.resolve(event.code);
  });
  /** Rejects when the client is told not to come back, since nothing more would arrive. */
  const unlessRefused = async <T>(awaited: Promise<T>): Promise<T> => {
    const over = refused.promise.then((status) => {
      throw new Error(`The stream was refused with ${status} after ${messages.length} messages.`);
    });
    return Promise.race([awaited, over]);
  };
  return {
    messages,
    get began() {
      return unlessRefused(began.promise);
    },
    refused: refused.promise,
    came: (count) => {
      const all = new Promise<readonly StreamMessage[]>((resolve) => {
        const look = (): void => {
          if (messages.length < count) return;
          waiting.delete(look);
          resolve(messages);
        };
        waiting.add(look);
        look();
      });
      return unlessRefused(all);
    },
    close: () => source.close(),
  };
}
